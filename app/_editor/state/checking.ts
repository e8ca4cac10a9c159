import type { Checker } from '../../../compiler/check.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import { typesOf } from '../../../graph/subgraphs.ts';
import { insist } from '../../_client/insist.ts';
import { wholeOf, withWhole } from './scope.ts';
import type { EditorStore } from './store.ts';

/**
 * Checks the document after each change: node modules are loaded when a graph first uses them, then a check looks only
 * at what the change touches.
 */
export class Checking {
  readonly #store: EditorStore;
  #checker: Checker | undefined;
  /** Another one for graphs that fixes are tried on, so that the first keeps what it knows of this one. */
  #trier: Checker | undefined;
  #checked: Pick<GraphDocument, 'nodes' | 'edges' | 'definitions'> | undefined;
  #loaded = new Set<string>();
  #stopped = false;
  #running: Promise<void> | undefined;

  constructor(store: EditorStore) {
    this.#store = store;
  }

  /** The document may have changed. The result is in the store a moment later. */
  changed(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (!this.#stopped && this.#isBehind()) this.changed();
    });
  }

  stop(): void {
    this.#stopped = true;
  }

  #isBehind(): boolean {
    const { document } = wholeOf(this.#store.getState()).log;
    return (
      document.nodes !== this.#checked?.nodes ||
      document.edges !== this.#checked.edges ||
      document.definitions !== this.#checked.definitions
    );
  }

  async #run(): Promise<void> {
    const [{ Checker }, { withFixes }, { withLint }, { loadNodes, lookup }] = await insist(() =>
      Promise.all([
        import('../../../compiler/check.ts'),
        import('../../../compiler/fixes.ts'),
        import('../../../compiler/lint/index.ts'),
        import('../../../nodes/catalogue.ts'),
      ]),
    );
    this.#checker ??= new Checker(lookup);
    this.#trier ??= new Checker(lookup);
    const types = typesOf(wholeOf(this.#store.getState()).log.document);
    const missing = types.filter((type) => !this.#loaded.has(type));
    if (missing.length > 0) {
      await insist(() => loadNodes(missing));
      for (const type of missing) this.#loaded.add(type);
    }
    if (this.#stopped) return;
    const { document } = wholeOf(this.#store.getState()).log;
    const same =
      this.#checked &&
      onlyMoved(this.#checked.nodes, document.nodes) &&
      onlyRouted(this.#checked.edges, document.edges) &&
      onlyMovedInside(this.#checked.definitions, document.definitions);
    this.#checked = document;
    if (same) return;
    const trier = this.#trier;
    const found = withFixes(document, this.#checker.check(document), (changed) => trier.check(changed));
    const check = withLint(document, found);
    this.#store.setState((state) => withWhole(state, { check }));
  }
}

/** The same of definitions: nothing of them differs but where their nodes are. */
function onlyMovedInside(before: GraphDocument['definitions'], after: GraphDocument['definitions']): boolean {
  if (before === after) return true;
  const ids = Object.keys(after);
  if (ids.length !== Object.keys(before).length) return false;
  return ids.every((id) => {
    const [a, b] = [before[id], after[id]];
    if (a === b) return true;
    if (!a || !b || !onlyMoved(a.nodes, b.nodes) || !onlyRouted(a.edges, b.edges)) return false;
    return Object.keys({ ...a, ...b }).every((key) => key === 'nodes' || key === 'edges' || a[key] === b[key]);
  });
}

/** Whether nothing differs but where nodes are, or where wires lead along. */
const onlyMoved = (before: GraphDocument['nodes'], after: GraphDocument['nodes']): boolean =>
  sameBut(['position'], before, after);
const onlyRouted = (before: GraphDocument['edges'], after: GraphDocument['edges']): boolean =>
  sameBut(['via'], before, after);

/** Whether two records hold the same, whatever some of the fields of each entry say. */
function sameBut<T extends object>(
  fields: readonly (keyof T)[],
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): boolean {
  if (before === after) return true;
  const ids = Object.keys(after);
  if (ids.length !== Object.keys(before).length) return false;
  return ids.every((id) => {
    const [a, b] = [before[id], after[id]];
    if (a === b) return true;
    if (!a || !b) return false;
    return (Object.keys({ ...a, ...b }) as (keyof T)[]).every((key) => fields.includes(key) || a[key] === b[key]);
  });
}
