import { disconnect } from '../../../graph/edit.ts';
import {
  copySelection,
  cutSelection,
  deleteSelection,
  downloadGraph,
  duplicateSelection,
  openSearch,
  openSwap,
  pasteFromClipboard,
  selectAll,
  toggleMark,
} from '../actions.ts';
import { alignSelection, distributeSelection, tidy } from '../arrange/arrange-actions.ts';
import { hasPrograms } from '../program/has-programs.ts';
import { colourNames, paint } from '../state/colours.ts';
import { canBypass, dissolve } from '../state/rewire.ts';
import { straighten } from '../state/routes.ts';
import { canMove, isRunning } from '../state/run-state.ts';
import { pathOf, wholeOf } from '../state/scope.ts';
import type { EditorState } from '../state/store.ts';
import { toggleInspector } from '../state/toggle-inspector.ts';
import type { AppCommand } from './command.ts';
import { subgraphCommands } from './subgraph-commands.ts';
import { nameCommands, wireViewCommands } from './wire-commands.ts';

const hasNodes = ({ selection }: EditorState) => selection.nodes.size > 0;
const hasAny = ({ selection }: EditorState) => selection.nodes.size + selection.edges.size > 0;
const oneNode = ({ selection }: EditorState) => selection.nodes.size === 1;
const all = (state: EditorState, mark: 'muted' | 'bypassed' | 'collapsed') =>
  hasNodes(state) && [...state.selection.nodes].every((id) => state.log.document.nodes[id]?.[mark]);
const hasSome = ({ log }: EditorState) => Object.keys(log.document.nodes).length > 0;
const several = ({ selection }: EditorState) => selection.nodes.size > 1;
const sides = ['left', 'centre', 'right', 'top', 'middle', 'bottom'] as const;
/** The path of the one selected node, where it has programs. */
const programNode = (state: EditorState): string | undefined => {
  const [id, ...more] = state.selection.nodes;
  const path = id !== undefined && more.length === 0 ? pathOf(state, id) : undefined;
  return path !== undefined && hasPrograms(wholeOf(state).check, path) ? path : undefined;
};
/** The one selected wire, where it is drawn as one. */
const oneLine = ({ selection, log }: EditorState): string | undefined => {
  const [id, ...more] = selection.edges;
  const edge = id === undefined ? undefined : log.document.edges[id];
  return edge && more.length === 0 && edge.name === undefined ? id : undefined;
};
/** The one selected wire, where its rows are made into something else. */
const convertedWire = ({ selection, log, facts }: EditorState): string | undefined => {
  const [id] = selection.edges;
  const to = id === undefined ? undefined : log.document.edges[id]?.to;
  return to && selection.edges.size === 1 && facts[to[0]]?.converts[to[1]] !== undefined ? id : undefined;
};
const canRun = (state: EditorState) => !state.starting && !isRunning(state.run);

/** Everything that can be done in the editor. */
export const commands: readonly AppCommand[] = [
  {
    id: 'run',
    group: 'Run',
    title: 'Run',
    keys: ['Mod+Enter'],
    words: 'start train compute go',
    places: ['canvas'],
    can: (state) => canRun(state) && Object.keys(state.log.document.nodes).length > 0,
    run: ({ session }) => void session.runs.start(),
  },
  {
    id: 'run-here',
    group: 'Run',
    title: ({ selection }) => (selection.nodes.size > 1 ? 'Run selected nodes' : 'Run to here'),
    keys: ['Mod+Shift+Enter'],
    words: 'run selection up to partial',
    places: ['node'],
    can: (state) => canRun(state) && hasNodes(state),
    run: ({ session }) => void session.runs.start({ targets: [...session.store.getState().selection.nodes] }),
  },
  {
    id: 'program',
    group: 'Node',
    title: 'Show the compiled program',
    words: 'inspect operations tensor program ir forward backward update',
    places: ['node'],
    seldom: true,
    can: (state) => programNode(state) !== undefined,
    run: ({ session }) => session.store.setState((state) => ({ program: programNode(state) })),
  },
  {
    id: 'run-fresh',
    group: 'Run',
    title: 'Run everything again',
    words: 'without cache fresh recompute',
    can: canRun,
    run: ({ session }) => void session.runs.start({ fresh: true }),
  },
  {
    id: 'stop',
    group: 'Run',
    title: 'Stop the run',
    keys: ['Mod+.'],
    words: 'cancel abort',
    can: ({ run }) => isRunning(run),
    run: ({ session }) => void session.runs.stop(),
  },
  {
    id: 'continue-on-server',
    group: 'Run',
    title: 'Continue on the server',
    words: 'move checkpoint resume close page',
    can: ({ run, starting }) => !starting && canMove(run),
    run: ({ session }) => void session.runs.continueOnServer(),
  },
  {
    id: 'add',
    group: 'Add',
    title: 'Add a node…',
    keys: ['A'],
    words: 'search new insert',
    places: ['canvas'],
    edits: true,
    run: ({ session }) => openSearch(session),
  },
  {
    id: 'undo',
    group: 'Edit',
    title: ({ log }) => (log.past.length > 0 ? `Undo: ${log.past.at(-1)!.command.label}` : 'Undo'),
    keys: ['Mod+Z'],
    edits: true,
    can: ({ log }) => log.past.length > 0,
    run: ({ session }) => session.undo(),
  },
  {
    id: 'redo',
    group: 'Edit',
    title: ({ log }) => (log.future.length > 0 ? `Redo: ${log.future.at(-1)!.command.label}` : 'Redo'),
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    edits: true,
    can: ({ log }) => log.future.length > 0,
    run: ({ session }) => session.redo(),
  },
  {
    id: 'cut',
    group: 'Edit',
    title: 'Cut',
    keys: ['Mod+X'],
    edits: true,
    can: hasNodes,
    run: ({ session }) => void cutSelection(session),
  },
  {
    id: 'copy',
    group: 'Edit',
    title: 'Copy',
    keys: ['Mod+C'],
    places: ['node'],
    words: 'clipboard text',
    can: hasNodes,
    run: ({ session }) => void copySelection(session),
  },
  {
    id: 'paste',
    group: 'Edit',
    title: 'Paste',
    keys: ['Mod+V'],
    places: ['canvas'],
    edits: true,
    run: ({ session }) => void pasteFromClipboard(session),
  },
  {
    id: 'duplicate',
    group: 'Edit',
    title: 'Duplicate',
    keys: ['Mod+D'],
    places: ['node'],
    edits: true,
    can: hasNodes,
    run: ({ session }) => duplicateSelection(session),
  },
  {
    id: 'select-all',
    group: 'Edit',
    title: 'Select all',
    keys: ['Mod+A'],
    places: ['canvas'],
    run: ({ session }) => selectAll(session),
  },
  {
    id: 'select-none',
    group: 'Edit',
    title: 'Select nothing',
    keys: ['Escape'],
    can: hasAny,
    run: ({ session }) => session.select([]),
  },
  {
    id: 'rename',
    group: 'Node',
    title: 'Rename',
    keys: ['F2'],
    places: ['node'],
    edits: true,
    can: oneNode,
    run: ({ session }) => session.store.setState({ renaming: [...session.store.getState().selection.nodes][0] }),
  },
  {
    id: 'mute',
    group: 'Node',
    title: (state) => (all(state, 'muted') ? 'Unmute' : 'Mute'),
    keys: ['M'],
    words: 'off disable skip',
    places: ['node'],
    edits: true,
    can: hasNodes,
    isOn: (state) => all(state, 'muted'),
    run: ({ session }) => toggleMark(session, 'muted', 'Mute'),
  },
  {
    id: 'bypass',
    group: 'Node',
    title: (state) => (all(state, 'bypassed') ? 'End bypass' : 'Bypass'),
    keys: ['B'],
    words: 'pass through skip',
    places: ['node'],
    edits: true,
    can: (state) =>
      hasNodes(state) &&
      (all(state, 'bypassed') || [...state.selection.nodes].every((id) => canBypass(state.log.document, id))),
    isOn: (state) => all(state, 'bypassed'),
    run: ({ session }) => toggleMark(session, 'bypassed', 'Bypass'),
  },
  {
    id: 'collapse',
    group: 'Node',
    title: (state) => (all(state, 'collapsed') ? 'Unfold' : 'Fold'),
    keys: ['C'],
    words: 'collapse expand small',
    places: ['node'],
    edits: true,
    can: hasNodes,
    isOn: (state) => all(state, 'collapsed'),
    run: ({ session }) => toggleMark(session, 'collapsed', 'Fold'),
  },
  {
    id: 'dissolve',
    group: 'Edit',
    title: 'Delete and close the gap',
    keys: ['Mod+Backspace', 'Mod+Delete'],
    words: 'dissolve remove keep wires',
    edits: true,
    can: hasNodes,
    run: ({ session }) => session.do(dissolve(session.document, [...session.store.getState().selection.nodes])),
  },
  {
    id: 'swap',
    group: 'Node',
    title: 'Swap for another type…',
    keys: ['R'],
    words: 'replace change type',
    places: ['node'],
    edits: true,
    can: oneNode,
    run: ({ session }) => openSwap(session),
  },
  ...[...colourNames, undefined].map(
    (colour): AppCommand => ({
      id: `colour-${colour ?? 'none'}`,
      group: 'Node',
      title: colour ? `Colour: ${colour}` : 'Colour: that of its family',
      words: 'color paint tint mark',
      edits: true,
      can: hasNodes,
      run: ({ session }) => session.do(paint([...session.store.getState().selection.nodes], colour)),
    }),
  ),
  ...subgraphCommands,
  {
    id: 'tidy',
    group: 'Arrange',
    title: ({ selection }) => (selection.nodes.size > 1 ? 'Tidy selected nodes' : 'Tidy up'),
    keys: ['L'],
    words: 'layout auto arrange clean',
    places: ['canvas', 'node'],
    edits: true,
    can: hasSome,
    run: ({ session }) => void tidy(session),
  },
  ...sides.map(
    (side): AppCommand => ({
      id: `align-${side}`,
      group: 'Arrange',
      title: `Align ${side}`,
      words: 'arrange line up',
      edits: true,
      can: several,
      run: ({ session }) => alignSelection(session, side),
    }),
  ),
  {
    id: 'distribute-x',
    group: 'Arrange',
    title: 'Equal gaps across',
    words: 'distribute horizontally space',
    edits: true,
    can: ({ selection }) => selection.nodes.size > 2,
    run: ({ session }) => distributeSelection(session, 'x'),
  },
  {
    id: 'distribute-y',
    group: 'Arrange',
    title: 'Equal gaps down',
    words: 'distribute vertically space',
    edits: true,
    can: ({ selection }) => selection.nodes.size > 2,
    run: ({ session }) => distributeSelection(session, 'y'),
  },
  {
    id: 'slice',
    group: 'Edit',
    title: 'Cut through wires',
    keys: ['K'],
    words: 'knife slice disconnect',
    places: ['canvas'],
    edits: true,
    can: ({ log }) => Object.keys(log.document.edges).length > 0,
    isOn: ({ slicing }) => slicing,
    run: ({ session: { store } }) => store.setState(({ slicing }) => ({ slicing: !slicing })),
  },
  {
    id: 'route',
    group: 'Edit',
    title: 'Add a point to the wire',
    keys: ['P'],
    words: 'reroute bend lead around waypoint dot',
    places: ['wire'],
    edits: true,
    can: (state) => oneLine(state) !== undefined,
    run: ({ session }, at) => {
      const wire = oneLine(session.store.getState());
      if (wire !== undefined)
        void import('../canvas/route-actions.ts').then(({ addPoint }) => addPoint(session, wire, at));
    },
  },
  {
    id: 'branch',
    group: 'Edit',
    title: 'Another wire from its point…',
    words: 'reroute branch fork share junction split',
    places: ['wire'],
    seldom: true,
    edits: true,
    can: (state) => state.log.document.edges[oneLine(state) ?? '']?.via !== undefined,
    run: ({ session }, at) => {
      const wire = oneLine(session.store.getState());
      if (wire !== undefined)
        void import('../canvas/route-actions.ts').then(({ branchOff }) => branchOff(session, wire, at));
    },
  },
  {
    id: 'straighten',
    group: 'Edit',
    title: 'Take its points away',
    words: 'straighten reroute straight unbend',
    places: ['wire'],
    seldom: true,
    edits: true,
    can: ({ selection, log }) => [...selection.edges].some((id) => log.document.edges[id]?.via),
    run: ({ session }) => session.do(straighten(session.document, session.store.getState().selection.edges)),
  },
  ...nameCommands,
  {
    id: 'materialise',
    group: 'Edit',
    title: 'Make the conversion a node',
    words: 'materialise materialize implicit tokenize explicit adapt',
    places: ['wire'],
    seldom: true,
    edits: true,
    can: (state) => convertedWire(state) !== undefined,
    run: ({ session }) => {
      const wire = convertedWire(session.store.getState());
      if (wire !== undefined)
        void import('../canvas/conversion-actions.ts').then(({ makeNode }) => makeNode(session, wire));
    },
  },
  {
    id: 'disconnect',
    group: 'Edit',
    title: ({ selection }) => (selection.edges.size > 1 ? 'Remove wires' : 'Remove wire'),
    places: ['wire'],
    edits: true,
    danger: true,
    can: ({ selection }) => selection.edges.size > 0,
    run: ({ session }) => session.do(disconnect([...session.store.getState().selection.edges])),
  },
  {
    id: 'delete',
    group: 'Edit',
    title: 'Delete',
    keys: ['Delete', 'Backspace'],
    words: 'remove',
    places: ['node'],
    edits: true,
    danger: true,
    can: hasAny,
    run: ({ session }) => deleteSelection(session),
  },
  {
    id: 'palette',
    group: 'View',
    title: 'Search commands…',
    keys: ['Mod+K'],
    run: ({ session }) => session.store.setState({ dialog: 'commands' }),
  },
  {
    id: 'fit',
    group: 'View',
    title: 'Show everything',
    keys: ['Shift+1'],
    words: 'zoom fit',
    places: ['canvas'],
    run: ({ session }) => session.view?.fit(),
  },
  {
    id: 'show-selection',
    group: 'View',
    title: 'Show selection',
    keys: ['Shift+2'],
    words: 'zoom to',
    can: hasNodes,
    run: ({ session }) => session.view?.show([...session.store.getState().selection.nodes]),
  },
  {
    id: 'zoom-in',
    group: 'View',
    title: 'Zoom in',
    keys: ['Mod+=', 'Mod++'],
    run: ({ session }) => session.view?.zoomBy(1.25),
  },
  {
    id: 'zoom-out',
    group: 'View',
    title: 'Zoom out',
    keys: ['Mod+-'],
    run: ({ session }) => session.view?.zoomBy(1 / 1.25),
  },
  ...wireViewCommands,
  {
    id: 'panel-add',
    group: 'View',
    title: 'List of nodes',
    keys: ['Alt+1'],
    isOn: ({ panel }) => panel === 'add',
    run: ({ session: { store } }) =>
      store.setState(({ panel }) => ({ panel: panel === 'add' ? undefined : ('add' as const) })),
  },
  {
    id: 'panel-outline',
    group: 'View',
    title: 'Outline',
    keys: ['Alt+2'],
    words: 'tree keyboard screen reader',
    isOn: ({ panel }) => panel === 'outline',
    run: ({ session: { store } }) =>
      store.setState(({ panel }) => ({ panel: panel === 'outline' ? undefined : ('outline' as const) })),
  },
  {
    id: 'inspector',
    group: 'View',
    title: 'Inspector',
    keys: ['Alt+3'],
    words: 'settings parameters params',
    isOn: ({ inspector }) => inspector,
    run: ({ session }) => toggleInspector(session.store),
  },
  {
    id: 'problems',
    group: 'View',
    title: 'Problems',
    keys: ['Alt+4'],
    words: 'errors warnings dock',
    isOn: ({ dock }) => dock === 'problems',
    run: ({ session: { store } }) =>
      store.setState(({ dock }) => ({ dock: dock === 'problems' ? undefined : ('problems' as const) })),
  },
  {
    id: 'light',
    group: 'View',
    title: 'Light theme',
    run: ({ setTheme }) => setTheme('light'),
  },
  {
    id: 'dark',
    group: 'View',
    title: 'Dark theme',
    run: ({ setTheme }) => setTheme('dark'),
  },
  {
    id: 'system-theme',
    group: 'View',
    title: 'Theme as on this device',
    run: ({ setTheme }) => setTheme('system'),
  },
  {
    id: 'shortcuts',
    group: 'View',
    title: 'Keyboard shortcuts',
    keys: ['?'],
    words: 'help',
    run: ({ session }) => session.store.setState({ dialog: 'shortcuts' }),
  },
  {
    id: 'share',
    group: 'Graph',
    title: 'Share…',
    words: 'link send publish',
    edits: true,
    run: ({ session }) => session.store.setState({ dialog: 'share' }),
  },
  {
    id: 'versions',
    group: 'Graph',
    title: 'Versions…',
    words: 'history restore',
    edits: true,
    run: ({ session }) => session.store.setState({ dialog: 'versions' }),
  },
  {
    id: 'save',
    group: 'Graph',
    title: 'Save now',
    keys: ['Mod+S'],
    edits: true,
    run: ({ session }) => void session.saved().catch(() => session.retrySaving()),
  },
  {
    id: 'download',
    group: 'Graph',
    title: 'Download as a file',
    words: 'export json',
    run: ({ session }) => downloadGraph(session),
  },
  {
    id: 'png',
    group: 'Graph',
    title: 'Save as a picture',
    words: 'export png image screenshot',
    can: hasSome,
    run: ({ session }) => void import('../picture/save-picture.ts').then(({ savePng }) => savePng(session)),
  },
  {
    id: 'svg',
    group: 'Graph',
    title: 'Save as a drawing (SVG)',
    words: 'export vector picture',
    can: hasSome,
    run: ({ session }) => void import('../picture/save-picture.ts').then(({ saveSvg }) => saveSvg(session)),
  },
  {
    id: 'home',
    group: 'Graph',
    title: 'Your graphs',
    words: 'home back open',
    run: ({ goTo }) => goTo('/'),
  },
];

const byId = new Map(commands.map((command) => [command.id, command]));
/** A command that is known to be there. */
export function commandNamed(id: string): AppCommand {
  const command = byId.get(id);
  if (!command) throw new Error(`no command ${id}`);
  return command;
}
