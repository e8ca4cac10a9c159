import { codeHashes, loadNode, nodeTypes } from './catalogue.gen.ts';
import type { NodeDefinition } from './kit/define-node.ts';
import palette from './palette.gen.json' with { type: 'json' };

const loaded = new Map<string, NodeDefinition>();

/** The definition of a type that is already loaded. */
export const lookup = (type: string): NodeDefinition | undefined => loaded.get(type);

/** Loads the definitions of these types; unknown ones are left out. Composites bring the types that they expand to. */
export async function loadNodes(types: Iterable<string>): Promise<void> {
  await Promise.all(
    [...new Set(types)].map(async (type) => {
      if (loaded.has(type)) return;
      const definition = await loadNode(type);
      if (!definition || loaded.has(type)) return;
      loaded.set(type, definition);
      if (definition.level === 'composite') await loadNodes(definition.uses);
    }),
  );
}

export const codeHash = (type: string): string => codeHashes[type] ?? '';

/** A port as palette and inspector show it. */
export interface PalettePort {
  readonly name: string;
  readonly kinds: readonly string[];
  /** Empty before loadWords. */
  readonly doc: string;
  readonly optional?: boolean;
  readonly many?: boolean;
}

/** A node type as data, known without loading its module. */
export interface PaletteEntry {
  readonly id: string;
  readonly version: number;
  readonly level: NodeDefinition['level'];
  readonly canvas?: NodeDefinition['canvas'];
  readonly title: string;
  /** Empty before loadWords. */
  readonly keywords: readonly string[];
  readonly inputs: readonly PalettePort[];
  readonly outputs: readonly PalettePort[];
  /** JSON Schema of each param, with the meta of nodes/kit/params.ts; without its description before loadWords. */
  readonly params: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Its summary is empty before loadWords. */
  readonly docs: Pick<NodeDefinition['docs'], 'summary'>;
  /** What its example wires: type and port of each end. */
  readonly pairs: readonly (readonly [string, string, string, string])[];
}

/** What a page of documentation says of a node type. */
export type PaletteTexts = Pick<NodeDefinition, 'docs' | 'example'>;

/** The texts of all types, loaded when somebody wants to read one. */
export async function loadTexts(): Promise<Readonly<Record<string, PaletteTexts>>> {
  return (await import('./texts.gen.json', { with: { type: 'json' } })).default as never;
}

/** What palette and inspector say of a node type: a canvas is drawn without it. */
export interface PaletteWords {
  readonly keywords: readonly string[];
  readonly summary: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
}

const wordless = palette as unknown as readonly Omit<PaletteEntry, 'keywords' | 'docs'>[];
export const entries: readonly PaletteEntry[] = wordless.map((entry) => ({
  ...entry,
  keywords: [],
  docs: { summary: '' },
  inputs: entry.inputs.map((port) => ({ ...port, doc: '' })),
  outputs: entry.outputs.map((port) => ({ ...port, doc: '' })),
}));

let worded = false;
/** Whether the entries have their words: what was made of them before has none. */
export const areWorded = (): boolean => worded;

/** Puts the words into the entries. Whoever searches or explains nodes waits for it first. */
export async function loadWords(): Promise<void> {
  if (worded) return;
  const { default: words } = await import('./words.gen.json', { with: { type: 'json' } });
  for (const entry of entries) {
    const { keywords, summary, inputs, outputs, params } = (words as Readonly<Record<string, PaletteWords>>)[entry.id]!;
    Object.assign(entry, { keywords, docs: { summary } });
    for (const port of entry.inputs) Object.assign(port, { doc: inputs[port.name] });
    for (const port of entry.outputs) Object.assign(port, { doc: outputs[port.name] });
    for (const [name, schema] of Object.entries(entry.params)) Object.assign(schema, { description: params[name] });
  }
  worded = true;
}

const byId = new Map(entries.map((entry) => [entry.id, entry]));
export const entryOf = (type: string): PaletteEntry | undefined => byId.get(type);

export { nodeTypes };
