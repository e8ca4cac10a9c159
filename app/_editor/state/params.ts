import type { GraphNode } from '../../../graph/document.ts';
import type { PaletteEntry } from '../../../nodes/catalogue.ts';

/** A param's JSON Schema with what the inspector needs: nodes/kit/params.ts says what may be there. */
export interface ParamSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: 'string' | 'number' | 'integer' | 'boolean';
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly step?: number;
  readonly unit?: string;
  readonly control?: 'column' | 'file' | 'lines' | 'code' | 'blank' | 'dataset' | 'schema' | 'columns';
  readonly port?: string;
  readonly kinds?: readonly string[];
  readonly role?: string;
  readonly accept?: string;
  /** For `schema` and `columns`: the file param that they tell of. */
  readonly file?: string;
  readonly when?: Readonly<Record<string, readonly unknown[]>>;
  readonly advanced?: boolean;
  readonly anyOf?: readonly ParamSchema[];
}

export interface Param {
  readonly name: string;
  readonly title: string;
  readonly schema: ParamSchema;
  /** What the document says; its default where it says nothing. */
  readonly value: unknown;
  /** May be left empty. */
  readonly nullable: boolean;
}

/** A schema that allows null, without the null. */
function plain(schema: ParamSchema): { schema: ParamSchema; nullable: boolean } {
  const { anyOf, ...rest } = schema;
  if (!anyOf) return { schema, nullable: false };
  const other = anyOf.find(({ type }) => (type as string) !== 'null');
  return { schema: { ...other, ...rest }, nullable: true };
}

/** The params of a node that its other params let appear, in the order of the declaration. */
export function visibleParams(entry: PaletteEntry, node: Pick<GraphNode, 'params'>): Param[] {
  const schemas = entry.params as Readonly<Record<string, ParamSchema>>;
  const chosen = (name: string) => (name in node.params ? node.params[name] : schemas[name]?.default);
  return Object.entries(schemas)
    .filter(([, { when }]) => Object.entries(when ?? {}).every(([name, values]) => values.includes(chosen(name))))
    .map(([name, raw]) => {
      const { schema, nullable } = plain(raw);
      return { name, title: schema.title ?? name, schema, value: chosen(name), nullable };
    });
}

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 6, useGrouping: true });

/** A param's value in a few characters. Empty where there is nothing to say. */
export function showValue({ schema, value }: Param): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'number') {
    const small = value !== 0 && Math.abs(value) < 0.001;
    const text = small ? value.toExponential().replace('e', 'e') : number.format(value);
    return schema.unit ? `${text} ${schema.unit}` : text;
  }
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return schema.labels?.[value] ?? value.replace(/\s+/g, ' ');
  if (typeof value === 'object' && 'name' in value) return String(value.name);
  return JSON.stringify(value);
}

/** Params worth seeing on the node: the first ones that are not folded away. */
export const keyParams = (entry: PaletteEntry, node: Pick<GraphNode, 'params'>, most = 3): Param[] =>
  visibleParams(entry, node)
    .filter(({ schema }) => !schema.advanced)
    .slice(0, most);
