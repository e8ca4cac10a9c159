import { portKinds } from '../../../graph/types.ts';
import { toggleKind } from '../canvas/hiding-actions.ts';
import { kindOfWire } from '../state/hidden-wires.ts';
import type { AppCommand } from './command.ts';

/** Hides wires by what flows in them. In the command palette alone: the menu of the canvas has them as one list. */
export const kindCommands: readonly AppCommand[] = [...portKinds, 'any'].map((kind) => ({
  id: `wires-${kind}`,
  group: 'View',
  title: ({ hiding }) => `${hiding.kinds.has(kind) ? 'Show' : 'Hide'} wires of type ${kind}`,
  words: 'links role colour',
  can: ({ log: { document } }) => Object.values(document.edges).some((edge) => kindOfWire(document, edge) === kind),
  isOn: ({ hiding }) => hiding.kinds.has(kind),
  run: ({ session }) => toggleKind(session, kind),
}));
