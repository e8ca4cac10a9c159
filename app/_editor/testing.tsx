import { cleanup, configure, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, vi } from 'vitest';
import { emptyDocument, type GraphDocument, type GraphNode } from '../../graph/document.ts';
import { applyCommand } from '../../graph/edit.ts';
import { SessionProvider } from './context.tsx';
import { startLog } from './state/document-log.ts';
import { wholeOf } from './state/scope.ts';
import { EditorSession, type GraphKeeper } from './state/session.ts';

// node modules are loaded while a test waits, on machines that do other things too
configure({ asyncUtilTimeout: 15_000 });

/** Nodes and wires as a document; wires as `node.port`. */
export function graphOf(
  nodes: Readonly<Record<string, Pick<GraphNode, 'type'> & Partial<GraphNode>>>,
  wires: readonly (readonly [string, string])[] = [],
): GraphDocument {
  const end = (text: string) => text.split('.') as [string, string];
  return {
    ...emptyDocument('Test'),
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, node]) => [id, { version: 1, params: {}, position: { x: 0, y: 0 }, ...node }]),
    ),
    edges: Object.fromEntries(wires.map(([from, to], i) => [`wire-${i}`, { from: end(from), to: end(to) }])),
  };
}

/** The server's rule for saves, in memory: revisions, keys, conflicts. */
export class Shelf implements GraphKeeper {
  rev = 1;
  document: GraphDocument;
  readonly #saves = new Map<string, number>();
  constructor(document: GraphDocument) {
    this.document = document;
  }
  load = async () => ({ rev: this.rev, document: this.document });
  save: GraphKeeper['save'] = async ({ baseRev, idempotencyKey, commands }) => {
    const done = this.#saves.get(idempotencyKey);
    if (done !== undefined) return { status: 'saved', rev: done };
    if (baseRev !== this.rev) return { status: 'conflict', rev: this.rev, document: this.document, commands: [] };
    this.document = commands.reduce((document, command) => applyCommand(document, command).document, this.document);
    this.#saves.set(idempotencyKey, ++this.rev);
    return { status: 'saved', rev: this.rev };
  };
}

const sessions: EditorSession[] = [];

/** Takes away what `mount` has put up, once its first check is done: what that loads must not come when the test is over. */
export async function unmount(): Promise<void> {
  cleanup();
  for (const session of sessions.splice(0)) {
    await vi.waitFor(() => expect(wholeOf(session.store.getState()).check).toBeDefined(), { timeout: 60_000 });
    session.dispose();
  }
}

/** Parts of the editor over a session whose graph is kept in memory; no canvas. For tests only. */
export function mount(document: GraphDocument, children: ReactNode, { readOnly = false } = {}) {
  const session = new EditorSession({
    log: startLog(document),
    values: { scope: 'test' },
    ...(!readOnly && { kept: { graph: 'test', rev: 1, journal: undefined, keeper: new Shelf(document) } }),
  });
  sessions.push(session);
  session.canvasIsReady();
  const view = render(<SessionProvider session={session}>{children}</SessionProvider>);
  return { session, store: session.store, ...view };
}
