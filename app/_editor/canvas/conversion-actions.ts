import { materialise } from '../state/materialise.ts';
import { complain, type EditorSession } from '../state/session.ts';

/** What is made of a wire's rows by itself becomes a node, which is selected. */
export function makeNode(session: EditorSession, wire: string): void {
  const command = materialise(session.document, wire);
  if (!command) {
    complain({
      code: 'conversion/unknown',
      message: 'This graph does not say how the model was prepared.',
      hint: 'Add a Tokenize node and wire the tokenizer of the model to it.',
    });
    return;
  }
  session.do(command);
  session.select(command.edits.flatMap(({ path: [root, id] }) => (root === 'nodes' && id ? [id] : [])));
  session.store.setState({ said: 'Made the conversion a node' });
}
