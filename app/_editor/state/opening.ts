import type { GraphDocument } from '../../../graph/document.ts';
import { emptyDocument } from '../../../graph/plain-document.ts';
import type { Problem } from '../../../lib/problem.ts';
import { api, isOffline, problemOfCall } from '../../_client/api.ts';
import { type InFlight, type OpenedJournal, openJournal } from '../../_client/journal.ts';
import type { DocumentLog } from './document-log.ts';
import { rebase } from './rebase.ts';

interface OpenedGraph {
  readonly log: DocumentLog;
  readonly rev: number;
  readonly inFlight: InFlight | undefined;
  readonly journal: OpenedJournal;
  /** Whose it is; unknown without a connection. */
  readonly owner: string | undefined;
  /** What of the document could not be read. */
  readonly problems: readonly Problem[];
}

/** Reads one's own graph: the server's document with what this device has not sent yet on top. */
export async function openGraph(graph: string): Promise<OpenedGraph> {
  // the server takes longer than this device: it is asked first
  const asked = Promise.all([api.graphs.get.query({ id: graph }), api.session.me.query()]);
  // told of below: by then nobody may listen yet
  asked.catch(() => undefined);
  const journal = await openJournal(graph);
  const [ours, ...others] = journal.left;
  const answer = asked.then(async ([found, me]) => {
    // what the page before sent with its last breath may have come after our question
    const isBehind = ours !== undefined && ours.rev > found.rev;
    return [isBehind ? await api.graphs.get.query({ id: graph }) : found, me] as const;
  });
  const loaded = await answer.catch((error: unknown) => {
    const problem = problemOfCall(error);
    if (isOffline(problem) && ours) return undefined;
    journal.release();
    throw error;
  });
  const [found, me] = loaded ?? [];
  let log: DocumentLog = ours
    ? { document: ours.document, past: ours.past, future: ours.future, pending: ours.pending }
    : { document: found?.document ?? emptyDocument(), past: [], future: [], pending: [] };
  if (found) {
    // what other tabs of this device left goes on top too
    log = { ...log, pending: [...log.pending, ...others.flatMap(({ pending }) => pending)] };
    log = rebase(log, found.document as GraphDocument).log;
  }
  const inFlight = ours?.inFlight;
  const rev = inFlight ? (ours?.rev ?? 1) : (found?.rev ?? ours?.rev ?? 1);
  return { log, rev, inFlight, journal, owner: me?.id, problems: found?.problems ?? [] };
}
