import type { ReactFlowInstance } from '@xyflow/react';
import type { GraphDocument } from '../../../../graph/document.ts';
import { crosses } from '../../state/geometry.ts';
import { isLine } from '../../state/hidden-wires.ts';
import { wiresOf } from '../../state/ports.ts';
import type { EditorSession } from '../../state/session.ts';
import type { NodeBox, Point } from '../../state/store.ts';
import { along, type Curve, nearest } from '../../state/wire-path.ts';
import { type CanvasWire, canvasNodes, canvasWires } from '../elements.ts';
import type { Eye } from '../eye.ts';
import type { CanvasNode } from '../node-view.tsx';
import { Boxes } from './boxes.ts';
import { areaOf, FarPicture, farWorker } from './far-picture.ts';
import { type Area, Colours, lineBetween, sceneOf } from './scene.ts';

type Flow = ReactFlowInstance<CanvasNode, CanvasWire>;

/** Graphs of up to so many nodes stand in the page as a whole. */
export const WHOLE = 60;
/** Of larger ones, so many nodes. */
const NEAR = 36;
const SELECTED_NEAR = 24;
/** How far beyond what is seen nodes stand ready. */
const MARGIN = 0.15;
/** How near to a wire of the picture one has to point, in pixels of the screen, and how finely such a wire is looked at. */
const WIRE_REACH = 7;
const WIRE_STEP = 12;
/** Edits that follow each other closely are drawn once. */
const QUIET_MS = 80;

/**
 * Chooses what of a large graph stands in the page as elements: the nodes that are seen, as long as they are few, with
 * what is selected, pointed at or focused. Everything else is one picture.
 */
export class Nearness {
  readonly #session: EditorSession;
  readonly #flow: Flow;
  readonly #root: HTMLElement;
  readonly #eye: Eye;
  readonly #boxes = new Boxes();
  readonly #colours: Colours;
  readonly #stops: (() => void)[] = [];
  #picture: FarPicture | undefined;
  /** Starts while the canvas library does. */
  #worker: Worker | undefined;
  #near: ReadonlySet<string> | undefined;
  #pointed: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;
  /** A hand is at work on the canvas: what stands there stays. */
  isHeld = false;
  /** Called when the picture is first on the screen. */
  onFirstPicture: (() => void) | undefined;

  constructor(session: EditorSession, flow: Flow, root: HTMLElement, eye: Eye) {
    this.#session = session;
    this.#flow = flow;
    this.#root = root;
    this.#eye = eye;
    this.#colours = new Colours(root);
    this.#stops.push(eye.watch((view) => this.#picture?.look(view, false)));
    const theme = new MutationObserver(() => this.redrawSoon());
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const size = new ResizeObserver(() => this.update());
    size.observe(root);
    this.#stops.push(
      () => theme.disconnect(),
      () => size.disconnect(),
    );
    if (Object.keys(session.document.nodes).length > WHOLE) {
      this.#near = new Set();
      this.#worker = farWorker();
    }
    this.update();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    clearTimeout(this.#timer);
    this.#picture?.stop();
    this.#worker?.terminate();
  }

  get isWhole(): boolean {
    return this.#near === undefined;
  }

  boxOf(id: string): NodeBox | undefined {
    const { log, facts } = this.#session.store.getState();
    const measured = this.#measured(log.document, id);
    return measured ?? this.#boxes.of(log.document, facts, id);
  }

  /** The hand rests: what is seen now is put into the page. */
  update(): void {
    if (this.isHeld) return;
    const { document } = this.#session;
    const ids = Object.keys(document.nodes);
    if (ids.length <= WHOLE) {
      if (this.#near) this.#whole();
      return;
    }
    const next = this.#choose(ids);
    const same = this.#near?.size === next.size && [...next].every((id) => this.#near!.has(id));
    if (same && this.#picture) this.#picture.look(this.#eye.view, true);
    else this.#change(next);
  }

  /** Something of the graph, or what is selected, has changed. */
  changed(before: { readonly document: GraphDocument }): void {
    const { document } = this.#session;
    const count = Object.keys(document.nodes).length;
    if (count <= WHOLE) {
      if (this.isWhole) this.#put(undefined);
      else this.update();
      return;
    }
    if (this.isWhole) {
      this.#near = new Set();
      this.update();
      return;
    }
    if (document.nodes !== before.document.nodes || document.edges !== before.document.edges) {
      // what was added shows at once
      const added = Object.keys(document.nodes).filter((id) => !(id in before.document.nodes));
      if (this.#near && added.length <= SELECTED_NEAR) this.#near = new Set([...this.#near, ...added]);
    }
    this.#put(this.#near);
    this.redrawSoon();
  }

  /** Other wires that are no lines are pointed at. */
  traced(): void {
    this.#put(this.#near);
  }

  /** The mouse is over the picture: the node there becomes one that can be taken hold of. */
  pointAt(screen: Point): void {
    if (this.isWhole || this.isHeld) return;
    const found = this.nodeAt(screen);
    if (found === this.#pointed || (found !== undefined && this.#near!.has(found))) return;
    this.#pointed = found;
    if (found !== undefined) this.update();
  }

  /** The topmost node under a point of the screen. */
  nodeAt(screen: Point): string | undefined {
    return this.inside({ ...this.#onCanvas(screen), width: 0, height: 0 }, true).at(-1);
  }

  /** The wire nearest to a point of the screen, among those that stand in the picture only. */
  wireAt(screen: Point): string | undefined {
    if (this.isWhole) return undefined;
    const at = this.#onCanvas(screen);
    const reach = WIRE_REACH / this.#eye.view.zoom;
    let found: { readonly id: string; readonly distance: number } | undefined;
    for (const { id, curves } of this.#farWires({
      x: at.x - reach,
      y: at.y - reach,
      width: 2 * reach,
      height: 2 * reach,
    })) {
      const { distance } = nearest(curves, at);
      if (distance <= reach && distance < (found?.distance ?? Number.POSITIVE_INFINITY)) found = { id, distance };
    }
    return found?.id;
  }

  /** Wires of the picture that a line on the screen crosses. */
  wiresAcross(line: readonly Point[]): string[] {
    if (this.isWhole || line.length < 2) return [];
    const cut = line.map((point) => this.#onCanvas(point));
    const [xs, ys] = [cut.map(({ x }) => x), cut.map(({ y }) => y)];
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    return this.#farWires({ x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y }).flatMap(
      ({ id, curves }) =>
        crosses(
          cut,
          along(curves, WIRE_STEP).map(({ at }) => at),
        )
          ? [id]
          : [],
    );
  }

  /** The line of a wire, wherever its ends are. */
  lineOf(wire: string): Curve[] | undefined {
    const edge = this.#session.document.edges[wire];
    const [a, b] = edge ? [this.boxOf(edge.from[0]), this.boxOf(edge.to[0])] : [];
    return edge && a && b && lineBetween(edge, a, b);
  }

  /** Wires without elements whose line may touch an area. */
  #farWires(area: Area): { readonly id: string; readonly curves: readonly Curve[] }[] {
    const near = this.#near ?? new Set<string>();
    const state = this.#session.store.getState();
    const [right, bottom] = [area.x + area.width, area.y + area.height];
    return Object.entries(state.log.document.edges).flatMap(([id, edge]) => {
      const isFar = !near.has(edge.from[0]) && !near.has(edge.to[0]);
      const curves = isFar && isLine(state, id, edge) ? this.lineOf(id) : undefined;
      const touches = curves?.some((curve) => {
        const [xs, ys] = [curve.map(({ x }) => x), curve.map(({ y }) => y)];
        return (
          Math.min(...xs) <= right &&
          Math.max(...xs) >= area.x &&
          Math.min(...ys) <= bottom &&
          Math.max(...ys) >= area.y
        );
      });
      return curves && touches ? [{ id, curves }] : [];
    });
  }

  #onCanvas(screen: Point): Point {
    const { left, top } = this.#root.getBoundingClientRect();
    const { x, y, zoom } = this.#eye.view;
    return { x: (screen.x - left - x) / zoom, y: (screen.y - top - y) / zoom };
  }

  /** Nodes that an area holds as a whole, or touches. */
  inside(area: Area, partly: boolean): string[] {
    const [right, bottom] = [area.x + area.width, area.y + area.height];
    return Object.keys(this.#session.document.nodes).filter((id) => {
      const { x, y, width, height } = this.boxOf(id)!;
      return partly
        ? x <= right && y <= bottom && x + width >= area.x && y + height >= area.y
        : x >= area.x && y >= area.y && x + width <= right && y + height <= bottom;
    });
  }

  /** The area that holds nodes; all of them where none are named. */
  bounds(ids: readonly string[]): Area | undefined {
    const boxes = (ids.length > 0 ? ids : Object.keys(this.#session.document.nodes)).flatMap((id) => {
      const box = this.boxOf(id);
      return box ? [box] : [];
    });
    if (boxes.length === 0) return undefined;
    const x = Math.min(...boxes.map((box) => box.x));
    const y = Math.min(...boxes.map((box) => box.y));
    return {
      x,
      y,
      width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
      height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
    };
  }

  #size(): { width: number; height: number } {
    return { width: this.#root.clientWidth, height: this.#root.clientHeight };
  }

  #choose(ids: readonly string[]): Set<string> {
    const { selection, renaming } = this.#session.store.getState();
    const { nodes, edges } = this.#session.document;
    const ends = [...selection.edges].slice(0, SELECTED_NEAR / 2).flatMap((id) => {
      const edge = edges[id];
      return edge ? [edge.from[0], edge.to[0]] : [];
    });
    const seen = this.inside(areaOf(this.#eye.view, this.#size(), MARGIN), true);
    const focused = document.activeElement?.closest<HTMLElement>('.react-flow__node')?.dataset.id;
    const others = [...[...selection.nodes].slice(0, SELECTED_NEAR), ...ends, this.#pointed, focused, renaming];
    const held = others.filter((id) => id !== undefined && id in nodes) as string[];
    return new Set(seen.length <= NEAR ? [...held, ...seen] : held.slice(0, ids.length));
  }

  /** What comes stands there at once; what goes stays until the picture has it. */
  #change(next: ReadonlySet<string>): void {
    const turn = ++this.#turn;
    const both = new Set([...(this.#near ?? []), ...next]);
    this.#remember();
    this.#near = both;
    this.#put(this.isFirst ? next : both);
    this.isFirst = false;
    clearTimeout(this.#timer);
    this.#draw(next, () => {
      this.onFirstPicture?.();
      this.onFirstPicture = undefined;
      if (turn !== this.#turn || this.isHeld) return;
      this.#remember();
      this.#near = next;
      this.#put(next);
    });
  }
  isFirst = true;

  #whole(): void {
    this.#turn++;
    this.#near = undefined;
    this.#picture?.stop();
    this.#picture = undefined;
    this.#worker = undefined;
    this.#put(undefined);
  }

  #put(near: ReadonlySet<string> | undefined): void {
    const state = this.#session.store.getState();
    const { log, selection } = state;
    const shown = near && { near, ghosts: this.#ghosts(log.document, near) };
    this.#flow.setNodes((before) => canvasNodes(log.document, selection, before, shown));
    this.#flow.setEdges((before) => canvasWires(state, before, shown));
  }

  #ghosts(document: GraphDocument, near: ReadonlySet<string>): Map<string, NodeBox> {
    const ghosts = new Map<string, NodeBox>();
    for (const other of near)
      for (const [, { from, to }] of wiresOf(document.edges, other)) {
        const id = from[0] === other ? to[0] : from[0];
        const box = near.has(id) || ghosts.has(id) ? undefined : this.boxOf(id);
        if (box) ghosts.set(id, box);
      }
    return ghosts;
  }

  redrawSoon(): void {
    if (this.isWhole) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.isHeld) this.redrawSoon();
      else if (this.#near) this.#change(this.#choose(Object.keys(this.#session.document.nodes)));
      else this.update();
    }, QUIET_MS);
  }

  #draw(near: ReadonlySet<string>, then: () => void): void {
    const host = this.#root.querySelector<HTMLElement>('.canvas-far-host');
    // the canvas library is not ready yet: it will tell
    if (!host) return;
    this.#picture ??= new FarPicture(host, this.#worker ?? farWorker(), () => this.#size());
    const state = this.#session.store.getState();
    const scene = sceneOf(state, (id) => this.boxOf(id), near, this.#colours);
    this.#picture.draw(scene, this.#eye.view, then);
  }

  #measured(document: GraphDocument, id: string): NodeBox | undefined {
    if (this.#near && !this.#near.has(id)) return undefined;
    const node = this.#flow.getInternalNode(id);
    const { width, height } = node?.measured ?? {};
    if (!node || node.hidden || !width || !height || !document.nodes[id]) return undefined;
    const { source, target } = node.internals.handleBounds ?? {};
    const side = (handles: typeof source, which: 'in' | 'out') =>
      (handles ?? []).flatMap(({ id: name, y, height: size }) =>
        name ? [{ name, side: which, y: y + size / 2 }] : [],
      );
    return { ...node.position, width, height, ports: [...side(target, 'in'), ...side(source, 'out')] };
  }

  /** Nodes that may leave the page are kept as large as they were in it. */
  #remember(): void {
    const { log, facts } = this.#session.store.getState();
    for (const id of this.#near ?? []) {
      const box = this.#measured(log.document, id);
      const { definitions, nodes } = log.document;
      if (box) this.#boxes.measured(nodes[id]!, { facts: facts[id], definitions }, box);
    }
  }
}
