import { exposePort } from '../../../graph/subgraph-edits.ts';
import type { Problem } from '../../../lib/problem.ts';
import { openDefinition, outsideNames } from '../state/definitions.ts';
import type { EditorSession } from '../state/session.ts';
import { type End, titleOf } from '../state/wiring.ts';

/** Makes a port of a node a port of the open subgraph; says why not where it is one already. */
export function expose(session: EditorSession, { node, port }: End, side: 'inputs' | 'outputs'): Problem | undefined {
  const open = openDefinition(session.store.getState());
  if (!open) return undefined;
  const known = outsideNames(open.definition, node)[`${side} ${port}`];
  if (known !== undefined)
    return {
      code: 'subgraph/port-there',
      message: `${port} of ${titleOf(session.document, node)} is the subgraph’s ${side === 'inputs' ? 'input' : 'output'} ${known} already.`,
    };
  session.do(exposePort(session.whole.definitions, open.id, side, [node, port]));
  session.store.setState({ said: `${port} is an ${side === 'inputs' ? 'input' : 'output'} of the subgraph` });
  return undefined;
}
