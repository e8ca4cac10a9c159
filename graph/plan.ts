import type { WireTypeJson } from './types.ts';
import type { Layers } from './values.ts';

/** Where an input of a step comes from. */
export interface StepInput {
  readonly step: string;
  readonly port: string;
}

export interface PlanStep {
  /** Unique in the plan. */
  readonly id: string;
  /** The node of the document that it belongs to: a step inside a composite belongs to the composite. */
  readonly node: string;
  /** The node type, `family/id`. */
  readonly op: string;
  readonly version: number;
  readonly inputs: Readonly<Record<string, readonly StepInput[]>>;
  readonly params: Readonly<Record<string, unknown>>;
  /** What else has to be there first: data sets that a network's inputs are wired to, for the sizes they tell. */
  readonly after: readonly StepInput[];
  /** For a step that closes a network: the layers above it by port, with sizes still to be bound. */
  readonly layers?: Readonly<Record<string, Layers>>;
  /** The types that the checker found: what is known of the outputs before the step has run. */
  readonly outputs: Readonly<Record<string, WireTypeJson>>;
  /** For a step that names its inputs: the titles of the nodes that each port's wires come from. */
  readonly titles?: Readonly<Record<string, readonly string[]>>;
  /** For a step over repetitions: what each is called. */
  readonly labels?: readonly string[];
  readonly seed: readonly [number, number];
  /** Merkle hash over type, version, code, params, inputs' keys, seed, device class: equal keys give equal values. */
  readonly cacheKey: string;
  /** Its values are never taken from the store. */
  readonly uncached?: true;
  /** The value that holds a checkpoint of this step that was made elsewhere: it goes on from there. */
  readonly continues?: string;
}

/** What a run does, as data: made by the compiler, carried out by the page's worker or a runner's child. */
export interface Plan {
  readonly format: 'patchbay-plan/1';
  /** The hash of the document that it was made from. */
  readonly document: string;
  readonly steps: readonly PlanStep[];
}
