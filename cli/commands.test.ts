import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyDocument, type GraphDocument } from '../graph/document.ts';
import { loadNode, nodeTypes } from '../nodes/catalogue.gen.ts';
import { rootFolder } from '../runtime/node/platform.ts';
import { documentOf } from '../runtime/testing/graphs.ts';
import { main } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'patchbay-cli-'));
const before = process.env.PATCHBAY_DATA;
beforeAll(() => {
  process.env.PATCHBAY_DATA = join(folder, 'data');
});
afterAll(() => {
  if (before === undefined) delete process.env.PATCHBAY_DATA;
  else process.env.PATCHBAY_DATA = before;
  rmSync(folder, { recursive: true, force: true });
});

/** Calls the command as its process would, and gives what it wrote. */
async function patchbay(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const streams = { out: process.stdout, err: process.stderr } as const;
  const originals = { out: process.stdout.write, err: process.stderr.write };
  for (const name of ['out', 'err'] as const)
    streams[name].write = ((text: string | Uint8Array) => {
      written[name] += typeof text === 'string' ? text : Buffer.from(text).toString();
      return true;
    }) as typeof process.stdout.write;
  try {
    await main(args);
    return { code: Number(process.exitCode ?? 0), ...written };
  } finally {
    process.exitCode = 0;
    for (const name of ['out', 'err'] as const) streams[name].write = originals[name];
  }
}

let files = 0;
function save(document: unknown): string {
  const path = join(folder, `graph-${++files}.json`);
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
}

/** A classifier of irises that is trained, read and scored within a second. */
const irises = async (params: Record<string, Record<string, unknown>> = {}): Promise<GraphDocument> => {
  const { example } = (await loadNode('metrics/classification-metrics'))!;
  const document = documentOf(example, 7);
  for (const [node, changed] of Object.entries(params)) Object.assign(document.nodes[node]!.params, changed);
  return document;
};
const graphOf = (
  nodes: Record<string, [type: string, params?: Record<string, unknown>]>,
  edges: [string, string][] = [],
): GraphDocument =>
  documentOf({
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, [type, params = {}]]) => [id, { type, params }])),
    edges,
  } as Parameters<typeof documentOf>[0]);

describe('what can be asked', () => {
  test('help names every command; an unknown one is named and ends with 2', async () => {
    const help = await patchbay('help');
    expect(help.code).toBe(0);
    for (const name of ['nodes', 'check', 'plan', 'run', 'data', 'serve', 'runner', 'runner-token', 'restore'])
      expect(help.out).toMatch(new RegExp(`^ {2}patchbay ${name} `, 'm'));
    expect(await patchbay('--help')).toEqual(help);
    expect(await patchbay('fly')).toMatchObject({ code: 2, err: 'There is no command fly.\n' });
    expect(await patchbay('__proto__')).toMatchObject({ code: 2 });
    for (const name of ['run', 'serve', 'runner', 'runner-token'])
      expect(await patchbay(name, '--help')).toMatchObject({ code: 0, out: expect.stringMatching(/^patchbay /) });
  });

  test('an unknown flag is named and ends with 2', async () => {
    for (const command of [
      ['check', 'x.json'],
      ['plan', 'x.json'],
      ['run', 'x.json'],
      ['nodes'],
      ['serve'],
      ['runner'],
    ]) {
      const { code, err } = await patchbay(...command, '--flying');
      expect([command[0], code, err]).toEqual([command[0], 2, expect.stringContaining("Unknown option '--flying'")]);
    }
  });

  test('every node type is listed, in words and as JSON', async () => {
    const { out } = await patchbay('nodes');
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual([...nodeTypes]);
    const listed = JSON.parse((await patchbay('nodes', '--json')).out) as { id: string; params: object }[];
    expect(listed.map(({ id }) => id)).toEqual([...nodeTypes]);
  });

  test('the process gives its exit code, and reads a graph from standard input', async () => {
    const call = promisify(execFile)(process.execPath, [join(rootFolder, 'cli', 'patchbay.mjs'), 'check', '-']);
    call.child.stdin!.end(JSON.stringify(graphOf({ view: ['data/view-table'] })));
    const failed = (await call.catch((error: unknown) => error)) as { code: number; stdout: string };
    expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining('error view.value:') });
  });
});

describe('check and plan', () => {
  test('types, costs and problems of every node; 1 where something is wrong', async () => {
    const path = save(await irises());
    const good = await patchbay('check', path);
    expect(good).toMatchObject({ code: 0, out: expect.stringContaining('split\n') });
    const { nodes, problems } = JSON.parse((await patchbay('check', path, '--json')).out);
    expect(problems.filter(({ severity }: { severity?: string }) => severity !== 'warning')).toEqual([]);
    expect(nodes.data.outputs.dataset).toContain('petal length');
    expect(Number(nodes.head.cost.parameters)).toBe(6); // one feature, three classes
    const bad = await patchbay('check', path, '--set', 'train.steps=0');
    expect(bad).toMatchObject({ code: 1, out: expect.stringMatching(/^error train\.steps: /m) });
  });

  test('the steps of a run with their keys: equal for equal graphs, other below what changed', async () => {
    const path = save(await irises());
    const keys = async (...args: string[]): Promise<Record<string, string>> => {
      const { plan } = JSON.parse((await patchbay('plan', path, '--json', ...args)).out);
      return Object.fromEntries(plan.steps.map((step: { id: string; cacheKey: string }) => [step.id, step.cacheKey]));
    };
    const [first, second, other] = [await keys(), await keys(), await keys('--set', 'optimizer.learningRate=0.2')];
    expect(second).toEqual(first);
    const changed = Object.keys(first).filter((id) => first[id] !== other[id]);
    expect(changed).toContain('train');
    expect(changed).not.toContain('split');
    expect(await patchbay('plan', path)).toMatchObject({ code: 0, out: expect.stringContaining('training/train') });
    const some = Object.keys(await keys('--to', 'split'));
    expect(some.sort()).toEqual(['data', 'split']);
  });
});

describe('plan --program', () => {
  test('the tensor programs of a node as text, in sections, and as JSON; nothing runs', async () => {
    const path = save(await irises());
    const { code, out } = await patchbay('plan', path, '--program', 'train');
    expect(code).toBe(0);
    expect(out).toMatch(/^# Training step: [\d.e+-]+ GFLOPs a run, [\d.e+-]+ MB at its peak, estimated$/m);
    for (const title of ['inputs', 'forward', 'backward', 'update', 'outputs'])
      expect(out).toMatch(new RegExp(`^# ${title}, \\d+$`, 'm'));
    expect(out).toMatch(/^%\d+ = matmul /m);
    const { programs } = JSON.parse((await patchbay('plan', path, '--program', 'train', '--json')).out);
    expect(programs[0]).toMatchObject({ title: 'Training step', parameters: 6 });
    expect(await patchbay('plan', path, '--program', 'split')).toMatchObject({
      code: 2,
      err: expect.stringContaining('compiles no tensor program of its own'),
    });
  });
});

describe('run', () => {
  interface Result {
    status: string;
    steps: { node: string; cached: boolean }[];
    metrics: Record<string, Record<string, number>>;
    outputs: Record<string, Record<string, { kind: string; sha256: string }>>;
  }
  const run = async (...args: string[]): Promise<Result> => JSON.parse((await patchbay('run', ...args, '--json')).out);

  test('twice gives the same numbers; the second time from what is stored, or again where that is asked for', async () => {
    const path = save(await irises());
    const first = await run(path, '--threads', '1');
    expect(first).toMatchObject({ status: 'succeeded' });
    expect(first.metrics.scores!.accuracy).toBeGreaterThan(0.6);
    expect(first.steps.some(({ cached }) => cached)).toBe(false);
    const second = await run(path, '--threads', '1');
    expect(second.steps.every(({ cached }) => cached)).toBe(true);
    expect(second.outputs).toEqual(first.outputs);
    const again = await run(path, '--threads', '1', '--fresh');
    expect(again.steps.some(({ cached }) => cached)).toBe(false);
    expect(again.metrics.scores).toEqual(first.metrics.scores);
    const other = await run(path, '--threads', '1', '--set', 'train.steps=10');
    const cached = (node: string) => other.steps.find((step) => step.node === node)!.cached;
    expect([cached('split'), cached('train')]).toEqual([true, false]);
    const slow = await run(path, '--backend', 'reference', '--set', 'train.steps=10');
    expect(slow.metrics.scores!.accuracy).toBeCloseTo(other.metrics.scores!.accuracy!, 1);
  });

  test('--print gives a value whole, --out writes every value to open formats', async () => {
    const path = save(await irises({ train: { steps: 5 } }));
    const out = join(folder, 'out');
    const {
      code,
      out: printed,
      err,
    } = await patchbay('run', path, '--print', 'data.dataset', '--print', 'train.model', '--out', out);
    expect(code).toBe(0);
    expect(err).toMatch(/succeeded in [\d.]+ s/);
    const [dataset, model] = printed
      .trim()
      .split('\n')
      .slice(-2)
      .map((line) => JSON.parse(line));
    expect(dataset.columns?.length ?? Object.keys(dataset).length).toBeGreaterThanOrEqual(1);
    expect(JSON.stringify(dataset)).toContain('petal length');
    expect(JSON.stringify(model)).toContain('head');
    const written = readdirSync(out);
    expect(written.filter((name) => name.endsWith('.arrows')).length).toBeGreaterThan(0);
    const weights = readFileSync(join(out, written.find((name) => /^train\.model\..*safetensors$/.test(name))!));
    const header = JSON.parse(weights.subarray(8, 8 + Number(weights.readBigUInt64LE(0))).toString());
    expect(Object.keys(header).sort()).toContain('linear.weight');
    expect(await patchbay('run', path, '--print', 'nowhere.x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('nowhere.x has no value: this run made data.dataset'),
    });
  });

  test('--input sets what the graph declares: numbers, words, and files by their path', async () => {
    const graph = graphOf({ file: ['data/upload'], view: ['data/view-table'] }, [['file.dataset', 'view.value']]);
    const declared = {
      ...graph,
      inputs: [
        { name: 'table', title: 'Table', node: 'file', param: 'file' },
        { name: 'rows', title: 'Rows', node: 'view', param: 'count' },
      ],
    };
    const csv = join(folder, 'pets.csv');
    writeFileSync(csv, 'name,age\nLaika,3\nTux,4\nRex,5\n');
    const path = save(declared);
    const { code, out } = await patchbay(
      'run',
      path,
      '--input',
      `table=${csv}`,
      '--input',
      'rows=2',
      '--print',
      'view.figure',
    );
    expect(code).toBe(0);
    expect(out).toContain('Laika');
    expect(out).not.toContain('Rex');
    for (const [input, said] of [
      ['table=/nowhere.csv', '--input table needs a file, there is none at /nowhere.csv.'],
      ['other=1', '--input other=1: the graph declares table, rows.'],
    ])
      expect(await patchbay('run', path, '--input', input!)).toMatchObject({
        code: 2,
        err: expect.stringContaining(said!),
      });
  });

  test('settings that fit nothing are one sentence', async () => {
    const path = save(await irises());
    for (const [args, said] of [
      [['--set', 'steps=3'], '--set needs node.param=value, got steps=3.'],
      [['--set', 'nobody.steps=3'], 'there is no node nobody; there are data, split'],
      [
        ['--backend', 'abacus'],
        'There is no backend abacus on this machine. Choose auto, onnx, webgpu, cuda or reference.',
      ],
    ] as const) {
      const { code, err } = await patchbay('run', path, ...args);
      expect([code, err.trim().split('\n').at(-1)]).toEqual([2, expect.stringContaining(said)]);
    }
    expect((await patchbay('run')).err).toContain('This command needs a graph file.');
    expect((await patchbay('run', '/nowhere.json')).err).toContain("The graph /nowhere.json can't be read");
  });
});

/** What is wrong is said in one sentence, on the node, before anything runs where that can be told. */
describe('graphs that cannot run', () => {
  const errorsOf = async (document: unknown): Promise<string[]> => {
    const { out, err, code } = await patchbay('check', save(document));
    expect(code).toBeGreaterThan(0);
    return `${out}\n${err}`.split('\n').filter((line) => line.startsWith('error '));
  };

  test('a document that is too large', async () => {
    const large = { ...emptyDocument('Large'), description: 'x'.repeat(3_000_000) };
    const errors = await errorsOf(large);
    expect(errors).toEqual([expect.stringMatching(/^error A graph may have 2\.0 MB, this one has 3\.0 MB/)]);
  });

  test('a file that is not JSON, not a graph, or from a newer Patchbay', async () => {
    for (const text of ['{', '[]', '{"format":"patchbay/9"}', '{"format":"patchbay/1","nodes":{"__proto__":{}}}'])
      expect((await errorsOf(text)).length).toBe(1);
  });

  test('an unknown node type stays in the document and says what to do', async () => {
    const errors = await errorsOf(graphOf({ a: ['network/telepathy'] }));
    expect(errors).toEqual([expect.stringMatching(/^error a: .*network\/telepathy/)]);
  });

  test('a cycle names its nodes', async () => {
    const errors = await errorsOf(
      graphOf({ a: ['network/linear', { units: 4 }], b: ['network/linear', { units: 4 }] }, [
        ['a.y', 'b.x'],
        ['b.y', 'a.x'],
      ]),
    );
    expect(errors.filter((line) => line.includes('[graph/cycle]'))).toHaveLength(1);
  });

  test('impossible sizes: heads that do not divide the width', async () => {
    const template = JSON.parse(readFileSync(join(rootFolder, 'templates', 'small-gpt.json'), 'utf8')) as GraphDocument;
    Object.assign(template.nodes.block!.params, { heads: 7 });
    const errors = await errorsOf(template);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/7 heads/);
  });

  test('a wire between things that do not fit names both ends', async () => {
    const errors = await errorsOf(
      graphOf({ data: ['data/dataset', { dataset: 'iris' }], act: ['network/activation'] }, [
        ['data.dataset', 'act.x'],
      ]),
    );
    expect(errors[0]).toMatch(/^error act\.x: /);
  });

  test('more memory than any machine has', async () => {
    const template = JSON.parse(readFileSync(join(rootFolder, 'templates', 'small-gpt.json'), 'utf8')) as GraphDocument;
    Object.assign(template.nodes.block!.params, { heads: 4, repeat: 12 });
    const { out, code } = await patchbay('check', save(template));
    // the estimate stands before anything runs
    expect([code, /bytes of memory/.test(out)]).toEqual([0, true]);
  });
});

describe('data that cannot be had', () => {
  const command = (args: string[], env: Record<string, string> = {}) =>
    promisify(execFile)(process.execPath, [join(rootFolder, 'cli', 'patchbay.mjs'), ...args], {
      env: { ...process.env, PATCHBAY_DATA: join(folder, 'elsewhere'), ...env },
      maxBuffer: 1e8,
    }).catch((error: { stdout: string; stderr: string; code: number }) => error);

  test('a data set that cannot be fetched is one sentence on its node', async () => {
    const path = save(graphOf({ data: ['data/dataset', { dataset: 'penguins' }] }));
    const { stderr } = await command(['run', path], { npm_config_registry: 'http://127.0.0.1:1' });
    const errors = stderr.split('\n').filter((line) => line.startsWith('error '));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^error data: The data set penguins .* could not be fetched: .* Check the connection/);
    expect(stderr).not.toContain('node_modules');
  });

  const upload = (csv: string) => {
    const path = join(folder, `table-${++files}.csv`);
    writeFileSync(path, csv);
    const graph = {
      ...graphOf({ file: ['data/upload'] }),
      inputs: [{ name: 'table', title: 'Table', node: 'file', param: 'file' }],
    };
    return ['run', save(graph), '--input', `table=${path}`];
  };

  test('a table with ragged rows names the line', async () => {
    const { code, err } = await patchbay(...upload('a,b,c\n1,2,3\n4,5\n6,7,8,9\n'));
    expect(code).not.toBe(0);
    expect(err).toMatch(/line 3/);
    expect(err.split('\n').filter((line) => line.startsWith('error '))).toHaveLength(1);
  });

  test('a table with a million rows is read in 1.5 GB and 40 s of a processor', async () => {
    const rows = Array.from({ length: 1_000_000 }, (_, i) => `${i},${(i * 0.37) % 11},${i % 3 ? 'dog' : 'bird'}`);
    const args = upload(`id,weight,kind\n${rows.join('\n')}\n`);
    const measured = await command(args, {
      NODE_OPTIONS: `--import ${JSON.stringify(join(rootFolder, 'scripts', 'peak-memory.mjs'))}`,
    });
    expect(measured.stderr).toContain('succeeded');
    const [, memory, seconds] = /peak memory (\d+) bytes, processor ([\d.]+) s/.exec(measured.stderr)!;
    expect(Number(memory) / 1e9).toBeLessThan(1.5);
    expect(Number(seconds)).toBeLessThan(40);
  }, 180_000);
});
