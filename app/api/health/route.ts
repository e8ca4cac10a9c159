import { sql } from 'drizzle-orm';
import { answer, route } from '../../../server/http.ts';

/** Whether the server and its database answer. */
export const GET = route(async (_, { database }) => {
  await database.db.execute(sql`select 1`);
  return answer({ status: 'ok', database: database.kind });
});
