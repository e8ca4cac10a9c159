import { configure, render } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { emptyDocument, type GraphDocument, type GraphNode } from '../../graph/document.ts';
import type { Command } from '../../graph/edit.ts';
import { settled } from '../../graph/subgraphs.ts';
import { SessionProvider } from './context.tsx';
import { Checking } from './state/checking.ts';
import { perform, undo } from './state/document-log.ts';
import { onWhole, wholeOf, withWhole } from './state/scope.ts';
import type { EditorSession } from './state/session.ts';
import { createEditorStore, nothingSelected } from './state/store.ts';

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

/** Parts of the editor over the real store, log and checker; no server and no canvas. For tests only. */
export function mount(document: GraphDocument, children: ReactNode, { readOnly = false } = {}) {
  const store = createEditorStore(document);
  const checking = new Checking(store);
  const whole = () => wholeOf(store.getState());
  const change = (log: ReturnType<typeof perform>) => {
    store.setState((state) => withWhole(state, { log }));
    checking.changed();
  };
  change(whole().log);
  let clock = 0;
  const session: EditorSession = {
    store,
    readOnly,
    values: { scope: 'test' },
    get document() {
      return store.getState().log.document;
    },
    do: (command: Command, group?: string) =>
      change(
        perform(whole().log, onWhole(store.getState(), command), {
          at: clock++,
          ...(group !== undefined && { group }),
        }),
      ),
    doWhole: (command: Command) =>
      change(perform(whole().log, settled(whole().log.document, command), { at: clock++ })),
    undo: () => change(undo(whole().log)),
    get whole() {
      return whole().log.document;
    },
    goTo: (to: readonly string[]) =>
      store.setState((state) => ({ ...withWhole(state, {}, to), selection: nothingSelected })),
    enter: (id: string) => session.goTo([...store.getState().scope, id]),
    select: (nodes: Iterable<string>) =>
      store.setState({ selection: { nodes: new Set(nodes), edges: new Set<string>() } }),
  } as unknown as EditorSession;
  const view = render(
    <Tooltip.Provider>
      <SessionProvider session={session}>{children}</SessionProvider>
    </Tooltip.Provider>,
  );
  return { session, store, ...view };
}
