import type { EditorSession } from '../state/session.ts';
import type { EditorState, Point } from '../state/store.ts';

export const commandGroups = ['Run', 'Add', 'Edit', 'Node', 'Subgraph', 'Arrange', 'View', 'Graph'] as const;
export type CommandGroup = (typeof commandGroups)[number];

/** What commands can reach: the open graph, and the page around it. */
export interface Reach {
  readonly session: EditorSession;
  setTheme(theme: 'light' | 'dark' | 'system'): void;
  goTo(path: string): void;
}

/** Where a context menu shows a command. */
export type Place = 'node' | 'wire' | 'canvas';

/**
 * One thing that a person can do, written once: top bar, context menus, command palette, keyboard and the list of
 * shortcuts all read it.
 */
export interface AppCommand {
  readonly id: string;
  readonly group: CommandGroup;
  readonly title: string | ((state: EditorState) => string);
  /** The first one is shown. `Mod` is Ctrl, or Command on a Mac. Single letters count on the canvas only. */
  readonly keys?: readonly string[];
  /** Other words that people look for. */
  readonly words?: string;
  readonly danger?: boolean;
  readonly places?: readonly Place[];
  /** In a context menu only while it can be done: most nodes have no use for it. */
  readonly seldom?: boolean;
  /** Changes the graph: not there where it may only be looked at. */
  readonly edits?: boolean;
  /** Whether there is something to do right now. */
  can?(state: EditorState): boolean;
  /** For a switch: whether it is on. */
  isOn?(state: EditorState): boolean;
  /** `at`: where a context menu was opened, on the screen. */
  run(reach: Reach, at?: Point): void;
}

export const titleOfCommand = ({ title }: AppCommand, state: EditorState): string =>
  typeof title === 'string' ? title : title(state);

/** Whether this person may do it here at all: behind a share link less is possible. */
export const isOffered = ({ edits, group }: AppCommand, { readOnly, mayRun }: EditorSession): boolean =>
  !(edits && readOnly) && (group !== 'Run' || mayRun);

/** Whether there is something to do for it right now. */
export const isAvailable = (command: AppCommand, { session }: Reach): boolean =>
  !(command.edits && session.readOnly) &&
  !(command.group === 'Run' && !session.mayRun) &&
  (command.can?.(session.store.getState()) ?? true);
