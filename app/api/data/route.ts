import { listData } from '../../../server/data.ts';
import { answer, route } from '../../../server/http.ts';

/** The package data sets. */
export const GET = route(async () => answer(listData()));
