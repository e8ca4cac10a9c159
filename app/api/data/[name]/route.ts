import { dataResponse } from '../../../../server/data.ts';
import { route } from '../../../../server/http.ts';

/** The rows of a package data set as an Arrow stream. */
export const GET = route<{ name: string }>((request, { settings }, { name }) =>
  dataResponse(name, request, settings.dataFolder),
);
