import { expect, test } from 'vitest';
import { checkDocument } from '../../compiler/compile.ts';
import type { ModelType } from '../../graph/types.ts';
import { adapterFixture, decoderWith, trainableOf } from '../../runtime/testing/adapters.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';

const folder = temporaryFolder();
const { base } = adapterFixture();

/** Houlsby et al., section 2.1: 2md + d + m numbers for each bottleneck of m on a width of d. */
test.each([4, 16])('a bottleneck of %i adds 2md + d + m numbers after each layer', async (width) => {
  const document = documentOf(decoderWith(base, { type: 'training/adapter', params: { width } }));
  const expected = 2 * base.layers * (2 * width * base.width + base.width + width);
  const declared = (await checkDocument(document)).nodes.get('node')!.outputs.model as ModelType;
  expect(declared.trainable).toBe(expected);
  const { value } = await runDocument(document, { folder });
  const model = await value('node', 'model', 'model');
  expect(trainableOf(model)).toBe(expected);
  // near the identity at first: what goes up starts at zero
  for (const [name, { data }] of Object.entries(model.tensors))
    if (name.includes('.adapter.default.up.')) expect(Array.from(data).every((number) => number === 0)).toBe(true);
});

test('sites that there are none of are told before anything runs', async () => {
  const { problems } = await checkDocument(
    documentOf(decoderWith(base, { type: 'training/adapter', params: { sites: '*.convolution' } })),
  );
  expect(problems[0]).toMatchObject({
    code: 'training/no-site',
    at: { node: 'node', param: 'sites' },
    hint: 'Change the pattern; * stands for any characters.',
  });
  expect(problems[0]!.message).toMatch(/^Adapter finds no layers named \*\.convolution; there are /);
});
