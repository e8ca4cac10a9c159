import type { GraphDocument } from '../../graph/document.ts';
import type { WireOf, WireType } from '../../graph/types.ts';
import type { Fix, Problem } from '../../lib/problem.ts';
import type { CheckResult } from '../check.ts';
import { type FlatEdge, type FlatNode, inputKey } from '../flatten.ts';

/** A checked graph, as rules of lint look at it. */
export class Scene {
  readonly document: GraphDocument;
  readonly check: CheckResult;
  readonly nodes: readonly FlatNode[];
  readonly #byType = new Map<string, FlatNode[]>();
  readonly #next = new Map<string, FlatEdge[]>();

  constructor(document: GraphDocument, check: CheckResult) {
    this.document = document;
    this.check = check;
    this.nodes = [...check.graph.nodes.values()];
    for (const node of this.nodes) {
      const { id } = node.definition;
      const list = this.#byType.get(id);
      if (list) list.push(node);
      else this.#byType.set(id, [node]);
    }
    for (const wires of check.graph.wires.values())
      for (const wire of wires) {
        const list = this.#next.get(wire.from[0]);
        if (list) list.push(wire);
        else this.#next.set(wire.from[0], [wire]);
      }
  }

  node(id: string): FlatNode | undefined {
    return this.check.graph.nodes.get(id);
  }

  of(...types: readonly string[]): FlatNode[] {
    return types.flatMap((type) => this.#byType.get(type) ?? []);
  }

  wires(node: FlatNode, port: string): readonly FlatEdge[] {
    return this.check.graph.wires.get(inputKey(node.id, port)) ?? [];
  }

  /** The node that the first wire of an input comes from. */
  source(node: FlatNode, port: string): FlatNode | undefined {
    const [wire] = this.wires(node, port);
    return wire && this.node(wire.from[0]);
  }

  /** Wires that leave a node. */
  leaving(node: FlatNode, port?: string): readonly FlatEdge[] {
    const all = this.#next.get(node.id) ?? [];
    return port === undefined ? all : all.filter(({ from }) => from[1] === port);
  }

  /** The type that arrives at an input. */
  input<K extends WireType['kind']>(node: FlatNode, port: string, kind: K): WireOf<K> | undefined {
    const [type] = this.check.flat.get(node.id)?.inputs[port] ?? [];
    return type?.kind === kind ? (type as WireOf<K>) : undefined;
  }

  /** How many rows arrive at an input, as far as that is known before a run: a part of a split is its share. */
  rows(node: FlatNode, port: string): number | undefined {
    const known = this.input(node, port, 'dataset')?.rows;
    if (typeof known === 'number') return known;
    const [wire] = this.wires(node, port);
    const split = wire && this.node(wire.from[0]);
    if (split?.definition.id !== 'data/split' || split.params.measure === 'characters') return undefined;
    const whole = this.rows(split, 'dataset');
    return whole === undefined ? undefined : Math.round(whole * Number(split.params[wire!.from[1]]));
  }

  /** The layers of the network that arrives at a model port, whatever adapts or freezes it on the way; and its last one. */
  network(
    node: FlatNode,
    port = 'model',
  ): { readonly head: FlatNode; readonly layers: readonly FlatNode[] } | undefined {
    const seen = new Set<string>();
    for (let at = this.source(node, port); at && !seen.has(at.id); ) {
      seen.add(at.id);
      const tensor = Object.keys(at.definition.inputs).find((each) => this.check.networks.has(inputKey(at!.id, each)));
      const gathered = tensor === undefined ? undefined : this.check.networks.get(inputKey(at.id, tensor));
      if (gathered) {
        const layers = gathered.nodes.flatMap((id) => this.node(id) ?? []);
        const head = gathered.output && this.node(gathered.output[0]);
        return head && { head, layers };
      }
      at = this.source(at, 'model');
    }
    return undefined;
  }

  /** The nodes that read an output of this one. */
  readers(node: FlatNode): FlatNode[] {
    return [...new Set(this.leaving(node).flatMap(({ to }) => this.node(to[0]) ?? []))];
  }

  /** Whether a wire from one node to another would close a circle. */
  dependsOn(node: string, on: string): boolean {
    const seen = new Set<string>();
    const visit = (id: string): boolean => {
      if (id === on) return true;
      if (seen.has(id)) return false;
      seen.add(id);
      const flat = this.node(id);
      if (!flat) return false;
      return Object.keys(flat.definition.inputs).some((port) =>
        this.wires(flat, port).some(({ from }) => visit(from[0])),
      );
    };
    return visit(node);
  }

  /** A param of a document's node gets a value. Inside a composite there is nothing that could be set. */
  setParam({ id, origin, title }: FlatNode, param: string, value: unknown, label: string): Fix[] {
    return id === origin
      ? [{ label: `${label} in ${title}`, edits: [{ path: ['nodes', origin, 'params', param], value }] }]
      : [];
  }

  /** The wire at an input comes from elsewhere, or a new one is drawn. */
  wire(node: FlatNode, port: string, from: FlatNode, output: string): Fix[] {
    if (node.id !== node.origin || from.id !== from.origin || this.dependsOn(from.id, node.id)) return [];
    const label = `Wire ${output} of ${from.title} to ${port}`;
    const [old] = this.wires(node, port);
    const value = [from.origin, output];
    if (old)
      return old.id in this.document.edges ? [{ label, edits: [{ path: ['edges', old.id, 'from'], value }] }] : [];
    const id = `wire-${from.origin}-${output}-${node.origin}-${port}`;
    return [{ label, edits: [{ path: ['edges', id], value: { from: value, to: [node.origin, port] } }] }];
  }
}

/** A rule: what it looks for, why that is a mistake, and where it is. */
export interface Rule {
  /** `lint/kebab`, what is silenced by. */
  readonly code: string;
  readonly title: string;
  /** Why, for people who have not met it yet. */
  readonly reason: string;
  /** A warning of the node itself that says the same: this one takes its place, since it can be mended and silenced. */
  readonly replaces?: string;
  find(scene: Scene): Iterable<Finding>;
}

export interface Finding {
  readonly at: Pick<FlatNode, 'id' | 'origin' | 'title'>;
  readonly port?: string;
  readonly param?: string;
  readonly message: string;
  readonly hint: string;
  /** The other end. */
  readonly other?: FlatNode | undefined;
  /** All other ends, where they are several. */
  readonly notes?: Problem['notes'];
  readonly fixes?: readonly Fix[];
}
