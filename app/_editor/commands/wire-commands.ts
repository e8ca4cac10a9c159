import { nameWires } from '../../../graph/edit.ts';
import { haveOneOutput } from '../../../graph/wire-names.ts';
import { areChosen, nothingHidden } from '../state/hidden-wires.ts';
import type { EditorState } from '../state/store.ts';
import type { AppCommand } from './command.ts';

const hiding = () => import('../canvas/hiding-actions.ts');
const hasWires = ({ selection }: EditorState) => selection.edges.size > 0;
const named = ({ selection, log }: EditorState): string[] =>
  [...selection.edges].filter((id) => log.document.edges[id]?.name !== undefined);

/** Wires that stand as tags at their ends. */
export const nameCommands: readonly AppCommand[] = [
  {
    id: 'name-wire',
    group: 'Edit',
    title: (state) => (named(state).length > 0 ? 'Rename the wire…' : 'Name the wire…'),
    keys: ['N'],
    words: 'wireless tag label set get reroute teleport',
    places: ['wire'],
    edits: true,
    can: (state) => hasWires(state) && haveOneOutput(state.log.document, state.selection.edges),
    run: ({ session: { store } }) => store.setState({ naming: [...store.getState().selection.edges] }),
  },
  {
    id: 'draw-wire',
    group: 'Edit',
    title: 'Draw it as a wire again',
    keys: ['Shift+N'],
    words: 'unname wireless tag line',
    places: ['wire'],
    seldom: true,
    edits: true,
    can: (state) => named(state).length > 0,
    run: ({ session }) => session.do(nameWires(named(session.store.getState()), undefined)),
  },
];

/** What a person sees of the wires. */
export const wireViewCommands: readonly AppCommand[] = [
  {
    id: 'hide-wires',
    group: 'View',
    title: (state) =>
      `${areChosen(state) ? 'Show' : 'Hide'} ${state.selection.edges.size > 1 ? 'these wires' : 'the wire'}`,
    keys: ['H'],
    words: 'link invisible clutter',
    places: ['wire'],
    can: hasWires,
    run: ({ session }) => void hiding().then(({ toggleChosen }) => toggleChosen(session)),
  },
  {
    id: 'wires-all',
    group: 'View',
    title: 'Show all wires',
    keys: ['Shift+H'],
    words: 'unhide hidden links',
    places: ['canvas', 'wire'],
    seldom: true,
    can: (state) => state.hiding !== nothingHidden,
    run: ({ session }) => void hiding().then(({ showAll }) => showAll(session)),
  },
  {
    id: 'wires-others',
    group: 'View',
    title: 'Only wires of the selection',
    keys: ['W'],
    words: 'hide other links focus',
    isOn: (state) => state.hiding.others,
    run: ({ session }) => void hiding().then(({ toggleOthers }) => toggleOthers(session)),
  },
];
