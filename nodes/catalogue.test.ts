import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { checkDocument } from '../compiler/compile.ts';
import { portKinds } from '../graph/types.ts';
import { isError } from '../lib/problem.ts';
import { documentOf, runDocument, temporaryFolder } from '../runtime/testing/graphs.ts';
import { loadNode, nodeTypes } from './catalogue.gen.ts';
import { entries, loadNodes, lookup } from './catalogue.ts';
import type { NodeDefinition } from './kit/define-node.ts';
import type { ParamMeta } from './kit/params.ts';

const definitions = await Promise.all(nodeTypes.map(async (type) => [type, (await loadNode(type))!] as const));
await loadNodes(nodeTypes);
const folder = temporaryFolder();

const metaOf = (schema: unknown): ParamMeta => (schema as z.ZodType).meta() as unknown as ParamMeta;
const sentence = /^\S.*[.]$/s;

describe.each(definitions)('%s', (type, node: NodeDefinition) => {
  test('is what its file says, and says what a person needs', () => {
    expect(node.id).toBe(type);
    expect(node.id).toMatch(/^[a-z]+(-[a-z]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(node.version).toBeGreaterThanOrEqual(1);
    expect(node.title).toMatch(/^[A-Z]/);
    expect(node.keywords.length).toBeGreaterThan(0);
    expect(node.docs.summary, 'one sentence').toMatch(/^[A-Z].*[.]$/);
    expect(node.docs.summary.slice(0, -1), 'one sentence').not.toMatch(/[.!?] [A-Z]/);
    expect(node.docs.sources.length).toBeGreaterThan(0);
    for (const { title, url } of node.docs.sources) {
      expect(title).not.toBe('');
      expect(new URL(url).protocol).toBe('https:');
    }
    for (const port of [...Object.values(node.inputs), ...Object.values(node.outputs)]) {
      expect(port.doc).not.toBe('');
      for (const kind of port.kinds) expect(portKinds).toContain(kind);
    }
    expect(entries.find((entry) => entry.id === type)?.title).toBe(node.title);
  });

  test('every param has a default, a title and a description; conditions name params that there are', () => {
    const parsed = node.params.parse({});
    for (const [name, schema] of Object.entries(node.params.shape)) {
      const meta = metaOf(schema);
      expect(meta?.title, name).toMatch(/^\S/);
      expect(meta.description, `the description of ${name} is a sentence`).toMatch(sentence);
      expect(name in parsed, `${name} has a default`).toBe(true);
      for (const [other, values] of Object.entries(meta.when ?? {})) {
        const target = node.params.shape[other] as z.ZodType | undefined;
        expect(target, `${name} depends on ${other}`).toBeDefined();
        for (const value of values) expect(target!.safeParse(value).success, `${other} = ${value}`).toBe(true);
      }
      if (meta.port) expect(node.inputs[meta.port]?.kinds, name).toContain('dataset');
    }
    const palette = entries.find((entry) => entry.id === type)!;
    for (const [name, schema] of Object.entries(palette.params)) {
      const { enum: values, labels } = schema as { enum?: string[]; labels?: Record<string, string> };
      for (const value of values ?? []) expect(labels?.[value], `${name}: a label for ${value}`).toBeTruthy();
    }
  });

  test('its level’s own rules hold', () => {
    const kinds = (ports: NodeDefinition['inputs']) => Object.values(ports).flatMap((port) => port.kinds);
    switch (node.level) {
      case 'layer':
        expect(new Set([...kinds(node.inputs), ...kinds(node.outputs)])).toEqual(new Set(['tensor']));
        expect(node.params.shape.name, 'layers are named').toBeDefined();
        break;
      case 'input':
        expect(kinds(node.outputs)).toEqual(['tensor']);
        break;
      case 'composite': {
        const used = new Set<string>();
        fc.assert(
          fc.property(paramsOf(node), (given) => {
            const parsed = node.params.safeParse(given);
            if (!parsed.success) return;
            const inner = node.expand(parsed.data as never);
            for (const { type: part, params } of Object.values(inner.nodes)) {
              used.add(part);
              expect(node.uses, `uses names ${part}`).toContain(part);
              expect(lookup(part)!.params.safeParse(params ?? {}).error).toBeUndefined();
            }
            const outputs = Object.values(inner.outputs);
            const ends = [...inner.edges.flatMap(({ from, to }) => [from, to]), ...outputs];
            for (const [part] of ends) expect(inner.nodes[part]).toBeDefined();
            expect(Object.keys(inner.inputs)).toEqual(Object.keys(node.inputs));
            expect(Object.keys(inner.outputs)).toEqual(Object.keys(node.outputs));
          }),
          { numRuns: 200 },
        );
        expect([...used].sort(), 'uses names nothing that it never uses').toEqual([...node.uses].sort());
        break;
      }
      case 'step':
        for (const port of Object.values(node.outputs)) expect(port.kinds).toHaveLength(1);
        expect('seed' in node.params.shape, 'takes a seed exactly if it is random').toBe(node.random === true);
        break;
    }
  });

  test('every older version has a migration, and no other', () => {
    const older = Array.from({ length: node.version - 1 }, (_, i) => String(i + 1));
    expect(Object.keys(node.migrate ?? {})).toEqual(older);
  });

  test('its example shows it, has nothing wrong with it, and runs', async () => {
    const { example } = node;
    expect(Object.values(example.nodes).map((each) => each.type)).toContain(type);
    const document = documentOf(example);
    const check = await checkDocument(document);
    expect(check.problems.filter(isError).map(({ message }) => message)).toEqual([]);
    const { outcome } = await runDocument(document, { folder });
    expect(outcome.problem).toBeUndefined();
    expect(outcome.status).toBe('succeeded');
  });
});

/** Params at random: each at its default, at one of its choices, or at something else of its type. */
const paramsOf = (node: NodeDefinition): fc.Arbitrary<Record<string, unknown>> => {
  const palette = entries.find((entry) => entry.id === node.id)!;
  const each = Object.entries(palette.params).map(([name, schema]) => {
    const { enum: values, type, minimum = 0, maximum = 10 } = schema as Record<string, never> & { enum?: unknown[] };
    if (values) return [name, fc.constantFrom(...(values as unknown[]))] as const;
    if (type === 'boolean') return [name, fc.boolean()] as const;
    if (type === 'integer') return [name, fc.integer({ min: minimum, max: Math.min(maximum, minimum + 8) })] as const;
    if (type === 'number') return [name, fc.constantFrom(minimum, (minimum + Math.min(maximum, 1)) / 2)] as const;
    return [name, fc.constant(undefined)] as const;
  });
  return fc.record(Object.fromEntries(each.filter(([name]) => name !== 'name')), { requiredKeys: [] });
};

// --- what was released stays

interface Released {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** As that version's own defaults had them. */
  readonly params: Readonly<Record<string, unknown>>;
}
const released = JSON.parse(readFileSync(new URL('./released.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, Released>
>;

describe('what saved graphs hold stays: ids, ports and params of every released version', () => {
  test.each(Object.entries(released))('%s', (type, versions) => {
    const node = lookup(type);
    expect(node, 'a released node type never disappears').toBeDefined();
    if (!node) return;
    for (const [version, { inputs, outputs, params }] of Object.entries(versions)) {
      expect(Object.keys(node.inputs)).toEqual(expect.arrayContaining([...inputs]));
      expect(Object.keys(node.outputs)).toEqual(expect.arrayContaining([...outputs]));
      let migrated: Record<string, unknown> = { ...params };
      for (let at = Number(version); at < node.version; at++) migrated = node.migrate![at]!(migrated);
      expect(node.params.safeParse(migrated).error, `version ${version}`).toBeUndefined();
      const lost = Object.keys(migrated).filter((name) => !(name in node.params.shape));
      expect(lost, `params of version ${version} that nothing reads any more`).toEqual([]);
    }
  });
});
