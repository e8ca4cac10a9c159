// PGlite in a thread of its own: a slow query then never holds up the server. It speaks PostgreSQL's wire protocol, so
// that the rest of Patchbay knows one driver only (pg). Plain JavaScript, since a thread starts from a file, not from a bundle.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

const answer = (message, transfer) => parentPort.postMessage(message, transfer);

/** What can be asked, each with the bytes that it answers. */
const requests = {
  query: ({ bytes }) => database.execProtocolRaw(bytes),
  async dump() {
    return new Uint8Array(await (await database.dumpDataDir('gzip')).arrayBuffer());
  },
  async close() {
    await database.exec('CHECKPOINT');
    await database.close();
    return new Uint8Array();
  },
};

let database;
try {
  const { folder, restore } = workerData;
  database = await PGlite.create({ dataDir: folder, ...(restore && { loadDataDir: new Blob([restore]) }) });
  answer({ ready: true });
} catch (error) {
  answer({ failed: error instanceof Error ? error.message : String(error) });
}

// one at a time and in order: a connection is a conversation
let last = Promise.resolve();
parentPort.on('message', (message) => {
  last = last.then(async () => {
    try {
      const bytes = await requests[message.kind](message);
      answer({ id: message.id, bytes });
    } catch (error) {
      answer({ id: message.id, error: error instanceof Error ? error.message : String(error) });
    }
  });
});
