import { utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { hashJson } from '../lib/hash.ts';
import { fail, type Problem } from '../lib/problem.ts';
import { emptyDocument, FORMAT, limits, unsafeKey } from './plain-document.ts';

export { emptyDocument, FORMAT, limits, unsafeKey } from './plain-document.ts';

const json = z.json();
const point = z.looseObject({ x: z.number(), y: z.number() });
const end = z.tuple([z.string(), z.string()]);

export const nodeSchema = z.looseObject({
  type: z.string(),
  version: z.int().min(1),
  params: z.record(z.string(), json),
  position: point,
  title: z.string().optional(),
  parent: z.string().optional(),
  muted: z.boolean().optional(),
  bypassed: z.boolean().optional(),
  collapsed: z.boolean().optional(),
  color: z.string().optional(),
  /** Codes of warnings that are not told of this node. */
  silenced: z.array(z.string()).optional(),
});
export type GraphNode = Readonly<z.infer<typeof nodeSchema>>;

export const edgeSchema = z.looseObject({
  from: end,
  to: end,
  order: z.number().optional(),
  /** Points that the wire is led through, from its start on: where it is drawn, and nothing else. */
  via: z.array(point).optional(),
  /** A wire with a name is drawn as a tag at each of its ends: how it is drawn, and nothing else. */
  name: z.string().optional(),
});
export type GraphEdge = Readonly<z.infer<typeof edgeSchema>>;

const nodes = z.record(z.string(), nodeSchema);
const edges = z.record(z.string(), edgeSchema);

const definitionSchema = z.looseObject({
  title: z.string(),
  inputs: z.array(z.looseObject({ name: z.string(), node: z.string(), port: z.string() })),
  outputs: z.array(z.looseObject({ name: z.string(), node: z.string(), port: z.string() })),
  params: z.array(z.looseObject({ name: z.string(), node: z.string(), param: z.string() })),
  nodes,
  edges,
});

export const documentSchema = z.looseObject({
  format: z.literal(FORMAT),
  name: z.string(),
  description: z.string(),
  seed: z.int().min(0),
  nodes,
  edges,
  definitions: z.record(z.string(), definitionSchema),
  inputs: z.array(
    z.looseObject({
      name: z.string(),
      node: z.string(),
      param: z.string().optional(),
      port: z.string().optional(),
      title: z.string(),
    }),
  ),
  outputs: z.array(z.looseObject({ name: z.string(), node: z.string(), port: z.string() })),
  views: z.record(
    z.string(),
    z.looseObject({
      node: z.string(),
      port: z.string(),
      kind: z.string(),
      rect: z.looseObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
    }),
  ),
});
export type GraphDocument = Readonly<z.infer<typeof documentSchema>>;

/** A file param names a stored file by its content; a secret param names a secret, never holds it. */
export const fileSchema = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string(),
  size: z.int().min(0),
});
export type FileReference = Readonly<z.infer<typeof fileSchema>>;
export const secretSchema = z.object({ secret: z.string() });

export const documentHash = (document: GraphDocument): string => hashJson(document);

export interface OpenedDocument {
  readonly document: GraphDocument;
  /** What had to be mended for it to open. */
  readonly problems: readonly Problem[];
}

/** Reads a document from text. Throws a ProblemError only where nothing can be opened at all. */
export function parseDocument(text: string): OpenedDocument {
  const bytes = utf8ToBytes(text).length;
  if (bytes > limits.bytes)
    fail('document/too-large', `A graph may have ${megabytes(limits.bytes)}, this one has ${megabytes(bytes)}.`, {
      hint: 'Move large data out of the graph: upload it as a file and read it with the Upload node.',
    });
  let depth = 0;
  for (const char of text.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (char === '{' || char === '[') depth++;
    if (char === '}' || char === ']') depth--;
    if (depth > limits.depth)
      fail('document/too-deep', `A graph may be nested ${limits.depth} levels deep, this one is deeper.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text, (key, each) => (unsafeKey(key) ? refuseKey(key) : each));
  } catch (error) {
    if (error instanceof SyntaxError)
      fail('document/not-json', `This file is not JSON: ${error.message}.`, {
        hint: 'Choose a file that was saved by Patchbay.',
      });
    throw error;
  }
  return openDocument(value);
}

const refuseKey = (key: string): never => fail('document/unsafe-key', `A graph may not use ${key} as a name.`);

/** Opens anything that has the shape of a document: parts that can't be read are left out, each with a problem. */
export function openDocument(value: unknown): OpenedDocument {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail('document/not-a-graph', 'This is not a graph: it is not a JSON object.');
  const source = value as Record<string, unknown>;
  if (source.format !== FORMAT)
    return typeof source.format === 'string' && source.format.startsWith('patchbay/')
      ? fail('document/newer', `This graph has the format ${source.format}, this Patchbay reads ${FORMAT}.`, {
          hint: 'Open it in a newer Patchbay.',
        })
      : fail('document/not-a-graph', `This is not a graph: its format is not ${FORMAT}.`);
  const whole = documentSchema.safeParse(source);
  const opened = whole.success ? { document: whole.data, problems: [] } : mend(source);
  const levels = [opened.document, ...Object.values(opened.document.definitions)];
  for (const what of ['nodes', 'edges'] as const)
    refuseTooMany(
      what,
      levels.reduce((sum, level) => sum + Object.keys(level[what]).length, 0),
    );
  return opened;
}

function refuseTooMany(what: 'nodes' | 'edges', count: number): void {
  const most = limits[what];
  if (count > most)
    fail(
      'document/too-many',
      `A graph may have ${most.toLocaleString('en')} ${what}, this one has ${count.toLocaleString('en')}.`,
      {
        hint: 'Split it into several graphs.',
      },
    );
}

function mend(source: Record<string, unknown>): OpenedDocument {
  const problems: Problem[] = [];
  const empty = emptyDocument();
  const lost = (path: string, reason: string) =>
    problems.push({ code: 'document/mended', message: `${path} could not be read (${reason}) and was left out.` });
  const entriesOf = (record: unknown, path: string, schema: z.ZodType, prepare = (item: unknown): unknown => item) => {
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      if (record !== undefined) lost(path, 'it is not an object');
      return {};
    }
    return Object.fromEntries(
      Object.entries(record).flatMap(([id, item]) => {
        const result = schema.safeParse(prepare(item));
        if (result.success) return [[id, result.data]];
        lost(`${path}.${id}`, firstIssue(result.error));
        return [];
      }),
    );
  };
  const entries = (key: string, schema: z.ZodType) =>
    entriesOf(source[key], key, schema, key === 'nodes' ? withDefaults : undefined);
  /** A node that can't be read is left out of its subgraph, not the subgraph of the document. */
  const definitions = () => {
    const all = source.definitions;
    const isRecord = (value: unknown): value is Record<string, unknown> =>
      typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isRecord(all)) return entries('definitions', definitionSchema);
    const mended = Object.fromEntries(
      Object.entries(all).map(([id, item]) => [
        id,
        isRecord(item) && !definitionSchema.safeParse(item).success
          ? {
              title: 'Subgraph',
              inputs: [],
              outputs: [],
              params: [],
              ...item,
              nodes: entriesOf(item.nodes, `definitions.${id}.nodes`, nodeSchema, withDefaults),
              edges: entriesOf(item.edges, `definitions.${id}.edges`, edgeSchema),
            }
          : item,
      ]),
    );
    return entriesOf(mended, 'definitions', definitionSchema);
  };
  const field = <T>(key: keyof GraphDocument & string, fallback: T): T => {
    const schema = documentSchema.shape[key as keyof typeof documentSchema.shape] as z.ZodType;
    const result = schema.safeParse(source[key]);
    if (result.success) return result.data as T;
    if (source[key] !== undefined) lost(key, firstIssue(result.error));
    return fallback;
  };
  const document: GraphDocument = {
    ...source,
    format: FORMAT,
    name: field('name', empty.name),
    description: field('description', ''),
    seed: field('seed', 0),
    nodes: entries('nodes', nodeSchema) as GraphDocument['nodes'],
    edges: entries('edges', edgeSchema) as GraphDocument['edges'],
    definitions: definitions() as GraphDocument['definitions'],
    inputs: field('inputs', empty.inputs),
    outputs: field('outputs', empty.outputs),
    views: field('views', empty.views),
  };
  return { document, problems };
}

/** A node that says its type can be shown, whatever else is missing. */
const withDefaults = (item: unknown): unknown =>
  typeof item === 'object' && item !== null
    ? { version: 1, params: {}, position: { x: 0, y: 0 }, ...(item as object) }
    : item;

const firstIssue = (error: z.ZodError): string => {
  const issue = error.issues[0]!;
  return `${issue.path.join('.') || 'it'}: ${issue.message}`;
};

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
