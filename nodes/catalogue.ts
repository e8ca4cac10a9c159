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
  readonly keywords: readonly string[];
  readonly inputs: readonly PalettePort[];
  readonly outputs: readonly PalettePort[];
  /** JSON Schema of each param, with the meta of nodes/kit/params.ts. */
  readonly params: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
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
export const entries = palette as unknown as readonly PaletteEntry[];
const byId = new Map(entries.map((entry) => [entry.id, entry]));
export const entryOf = (type: string): PaletteEntry | undefined => byId.get(type);

export { nodeTypes };
