import { createStore } from 'zustand/vanilla';
import type { CheckResult } from '../../../compiler/check.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import type { Problem } from '../../../lib/problem.ts';
import type { PageTrace } from '../../../runtime/browser/messages.ts';
import type { RunRow } from '../../_client/api.ts';
import type { SaveState } from '../../_client/autosave.ts';
import { isNarrow } from '../../_ui/narrow.ts';
import { type DocumentLog, startLog } from './document-log.ts';
import type { Facts } from './facts.ts';
import { type Hiding, nothingHidden } from './hidden-wires.ts';
import type { RunState } from './run-state.ts';
import type { End, Loose } from './wiring.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a node lies on the canvas, with its ports' heights in it. */
export interface NodeBox extends Point {
  readonly width: number;
  readonly height: number;
  readonly ports: readonly { readonly name: string; readonly side: 'in' | 'out'; readonly y: number }[];
}

export interface Selection {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}

/** A search for a node type that is open over the canvas. */
export interface QuickAdd {
  /** Where on the screen. */
  readonly at: Point;
  /** Where on the canvas the node comes to lie. */
  readonly position: Point;
  /** The wire that was dropped in the open: only types that it fits are offered. */
  readonly wire?: { readonly end: End; readonly loose: Loose; readonly via?: readonly Point[] | undefined };
  /** The node that what is chosen takes the place of. */
  readonly swap?: string;
}

/** A value of the shown run that is looked at, large. */
export interface Viewing {
  /** Its path. */
  readonly node: string;
  readonly port: string;
}

export type Panel = 'add' | 'outline';
export type DockTab = 'problems' | 'log' | 'metrics';
export type Backend = 'auto' | 'webgpu' | 'wasm';
export type OpenDialog = 'share' | 'shortcuts' | 'versions' | 'commands';

/** A context menu that is open, and what was clicked: the selection is what its commands act on. */
export interface OpenMenu {
  readonly at: Point;
  readonly on: 'node' | 'wire' | 'canvas';
}

/** What is saved, checked and run, whatever part of it is looked at. */
export interface Whole {
  readonly log: DocumentLog;
  readonly check: CheckResult | undefined;
  readonly run: RunState | undefined;
  readonly stale: ReadonlySet<string>;
}

/** Everything that the editor shows of one graph. A new graph gets a new store: two are never mixed. */
export interface EditorState {
  /** The instances that were opened, outermost first: what is seen lies in the last one. */
  readonly scope: readonly string[];
  /** There where what is seen is not all: scope.ts is about the two. */
  readonly whole: Whole | undefined;
  readonly log: DocumentLog;
  /** The newest check; of a document that may be one edit older for a moment. */
  readonly check: CheckResult | undefined;
  readonly facts: Facts;
  readonly selection: Selection;
  readonly save: SaveState;
  readonly run: RunState | undefined;
  readonly runs: readonly RunRow[];
  /** Nodes whose shown results come from before a change. */
  readonly stale: ReadonlySet<string>;
  readonly where: 'page' | 'server';
  readonly backend: Backend;
  /** A run is being prepared. */
  readonly starting: boolean;
  readonly panel: Panel | undefined;
  readonly dock: DockTab | undefined;
  readonly inspector: boolean;
  /** Where the inspector is a sheet over the canvas: it was asked for with nothing selected. */
  readonly sheet: boolean;
  readonly quickAdd: QuickAdd | undefined;
  /** Why the last wire was refused, shown where it was dropped. */
  readonly refusal: { readonly at: Point; readonly problem: Problem } | undefined;
  readonly dialog: OpenDialog | undefined;
  readonly viewing: Viewing | undefined;
  /** The path of the node whose compiled programs are looked at. */
  readonly program: string | undefined;
  /** What the operations of the last measured run took, while that is looked at. */
  readonly trace: PageTrace | undefined;
  readonly menu: OpenMenu | undefined;
  /** The node whose title is being typed. */
  readonly renaming: string | undefined;
  /** The point of a wire that gets the keyboard once it stands there, and at which another wire may begin at once. */
  readonly point: { readonly wire: string; readonly index: number; readonly begins?: true } | undefined;
  /** The points that a wire is led through which is being drawn. */
  readonly drawnAlong: readonly Point[] | undefined;
  /** The wires, of one output, whose name is being typed. */
  readonly naming: readonly string[] | undefined;
  readonly hiding: Hiding;
  /** Wires whose tag is pointed at or has the keyboard. */
  readonly traced: readonly string[];
  /** The knife is out: what is drawn over wires cuts them. */
  readonly slicing: boolean;
  /** The canvas can be worked on; what is not needed for that is loaded from now on. */
  readonly ready: boolean;
  /** The newest sentence for screen readers. */
  readonly said: string;
}

export const noWires: readonly string[] = [];
export const nothingSelected: Selection = { nodes: new Set(), edges: new Set() };

export const createEditorStore = (document: GraphDocument) =>
  createStore<EditorState>(() => ({
    scope: [],
    whole: undefined,
    log: startLog(document),
    check: undefined,
    facts: {},
    selection: nothingSelected,
    save: { kind: 'saved' },
    run: undefined,
    runs: [],
    stale: new Set(),
    where: 'page',
    backend: 'auto',
    starting: false,
    panel: isNarrow() ? undefined : 'add',
    dock: undefined,
    inspector: true,
    sheet: false,
    quickAdd: undefined,
    refusal: undefined,
    dialog: undefined,
    viewing: undefined,
    program: undefined,
    trace: undefined,
    menu: undefined,
    renaming: undefined,
    point: undefined,
    drawnAlong: undefined,
    naming: undefined,
    hiding: nothingHidden,
    traced: noWires,
    slicing: false,
    ready: false,
    said: '',
  }));
export type EditorStore = ReturnType<typeof createEditorStore>;
