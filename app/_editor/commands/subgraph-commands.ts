import { definitionOf } from '../../../graph/subgraphs.ts';
import type { EditorState } from '../state/store.ts';
import {
  expandNode,
  leaveInstance,
  makeOfSelection,
  openInstance,
  selectedComposite,
  selectedInstance,
  separate,
  unpackInstance,
} from '../subgraph-actions.ts';
import type { AppCommand } from './command.ts';

const whole = (state: EditorState): boolean => {
  const id = selectedInstance(state);
  const { nodes, definitions } = state.log.document;
  return id !== undefined && definitionOf(definitions, nodes[id]) !== undefined;
};

/** What can be done with subgraphs. */
export const subgraphCommands: readonly AppCommand[] = [
  {
    id: 'open-subgraph',
    seldom: true,
    group: 'Subgraph',
    title: 'Open the subgraph',
    keys: ['Enter'],
    words: 'enter inside edit nested group',
    places: ['node'],
    can: whole,
    run: ({ session }) => {
      const id = selectedInstance(session.store.getState());
      if (id !== undefined) openInstance(session, id);
    },
  },
  {
    id: 'leave-subgraph',
    seldom: true,
    group: 'Subgraph',
    title: 'Back out of the subgraph',
    keys: ['Alt+ArrowUp'],
    words: 'leave up close parent',
    places: ['canvas'],
    can: ({ scope }) => scope.length > 0,
    run: ({ session }) => leaveInstance(session),
  },
  {
    id: 'make-subgraph',
    group: 'Subgraph',
    title: 'Make a subgraph',
    keys: ['Mod+G'],
    words: 'group nest collapse nodes into one component',
    places: ['node'],
    edits: true,
    can: ({ selection }) => selection.nodes.size > 0,
    run: ({ session }) => makeOfSelection(session),
  },
  {
    id: 'unpack',
    seldom: true,
    group: 'Subgraph',
    title: 'Unpack the subgraph',
    keys: ['Mod+Shift+G'],
    words: 'ungroup dissolve inline',
    places: ['node'],
    edits: true,
    can: whole,
    run: ({ session }) => {
      const id = selectedInstance(session.store.getState());
      if (id !== undefined) unpackInstance(session, id);
    },
  },
  {
    id: 'independent',
    seldom: true,
    group: 'Subgraph',
    title: 'Make it independent',
    words: 'unlink copy separate single user',
    places: ['node'],
    edits: true,
    can: whole,
    run: ({ session }) => {
      const id = selectedInstance(session.store.getState());
      if (id !== undefined) separate(session, id);
    },
  },
  {
    id: 'expand',
    seldom: true,
    group: 'Subgraph',
    title: 'Expand into its layers',
    words: 'open ready-made model block composite',
    places: ['node'],
    edits: true,
    can: (state) => selectedComposite(state) !== undefined,
    run: ({ session }) => {
      const id = selectedComposite(session.store.getState());
      if (id !== undefined) void expandNode(session, id);
    },
  },
];
