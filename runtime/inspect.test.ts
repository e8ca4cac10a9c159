import { expect, test } from 'vitest';
import { checkDocument } from '../compiler/compile.ts';
import { inspectPrograms } from '../compiler/inspect.ts';
import { type WireType, type WireTypeJson, wireFromJson } from '../graph/types.ts';
import { printProgram } from '../ir/program.ts';
import { nodeTypes } from '../nodes/catalogue.gen.ts';
import { loadNodes, lookup } from '../nodes/catalogue.ts';
import type { Compute } from '../nodes/kit/compute.ts';
import { FileStore } from './node/file-store.ts';
import { onnxNodeCompute } from './onnx/node.ts';
import { documentOf, readTemplate, runDocument, temporaryFolder } from './testing/graphs.ts';
import { loadManifest } from './values/codec.ts';

await loadNodes(nodeTypes);
const folder = temporaryFolder();
const types = nodeTypes.filter((type) => {
  const node = lookup(type);
  return node?.level === 'step' && node.programs;
});

/** ONNX Runtime, which also keeps the text of every program that it gets. */
function recording(): { compute: Compute; texts: Set<string> } {
  const device = onnxNodeCompute({ threads: 1 });
  const texts = new Set<string>();
  return {
    texts,
    compute: {
      ...device,
      compile(program, options) {
        texts.add(printProgram(program));
        return device.compile(program, options);
      },
    },
  };
}

test('there are nodes with programs', () => {
  expect(types).toContain('training/train');
  expect(types.length).toBeGreaterThanOrEqual(6);
});

test.each(types)('%s: what is shown before a run is, line by line, what the run compiles', async (type) => {
  const document = documentOf(lookup(type)!.example);
  const { compute, texts } = recording();
  const { outcome } = await runDocument(document, { folder, compute });
  const store = new FileStore(folder, 'test');
  const told = new Map<string, WireType>();
  for (const { step, outputs } of outcome.steps)
    for (const [port, { sha256 }] of Object.entries(outputs)) {
      const manifest = await loadManifest(sha256, store);
      if (manifest.type) told.set(`${step.id}|${port}`, wireFromJson(manifest.type as WireTypeJson));
    }
  const check = await checkDocument(document);
  for (const node of Object.keys(document.nodes)) {
    const definition = lookup(document.nodes[node]!.type);
    // a Network only makes weights: its program is what Predict would run of it
    if (definition?.level !== 'step' || !definition.programs || !definition.computes) continue;
    const { programs, assumed } = inspectPrograms({ document, check }, node, { lookup, told });
    expect(assumed).toEqual({});
    expect(programs.length).toBeGreaterThan(0);
    for (const { title, program } of programs) expect([...texts], `${node}: ${title}`).toContain(printProgram(program));
  }
});

test('a program is there before anything has run, with likely sizes said', async () => {
  const document = readTemplate('lora-fine-tune');
  const check = await checkDocument(document);
  const { programs, assumed } = inspectPrograms({ document, check }, 'tune', { lookup });
  expect(assumed).toEqual({ vocabulary: 512 });
  const [step] = programs;
  expect(step?.sections.map(({ title }) => title)).toEqual(['inputs', 'forward', 'backward', 'update', 'outputs']);
  expect(step?.runs).toBe(400);
  // frozen weights are parameters as well as what is trained
  expect(step?.sections[0]?.lines.some((line) => line.includes('"parameter:'))).toBe(true);
  expect(step?.sections.reduce((sum, { flops }) => sum + flops, 0)).toBe(step?.flops);
});

test('what has no program says so', async () => {
  const document = readTemplate('spam-forest');
  const check = await checkDocument(document);
  const at = (node: string) => () => inspectPrograms({ document, check }, node, { lookup });
  expect(at('tree-predict')).toThrow('What One tree gives is known only after it has run.');
  expect(at('tree')).toThrow('One tree compiles no tensor program of its own.');
});
