import { expect, test } from 'vitest';
import { checkDocument } from '../compiler/compile.ts';
import { templates } from './index.ts';

test.each(templates.map(({ id, document }) => [id, document] as const))(
  '%s: every axis of every tensor on its wires has a name, a mask those of its tokens',
  async (_, document) => {
    const { flat, reads, problems } = await checkDocument(document);
    expect(problems.filter(({ severity }) => severity !== 'warning')).toEqual([]);
    for (const [id, { outputs }] of flat)
      for (const [port, type] of Object.entries(outputs)) {
        if (type.kind !== 'tensor') continue;
        const axes = type.axes ?? [];
        expect(axes, `${port} of ${id}`).toHaveLength(type.shape.length);
        expect(axes, `${port} of ${id}`).not.toContain('_');
        if (reads.get(id)?.column === 'mask') expect(axes).toEqual(['batch', 'time']);
      }
  },
);

test('there are masks and tensors among them', async () => {
  const masks: string[] = [];
  let tensors = 0;
  for (const { id, document } of templates) {
    const { flat, reads } = await checkDocument(document);
    for (const { outputs } of flat.values())
      tensors += Object.values(outputs).filter(({ kind }) => kind === 'tensor').length;
    if ([...reads.values()].some(({ column }) => column === 'mask')) masks.push(id);
  }
  expect(masks).toContain('sentiment');
  expect(tensors).toBeGreaterThan(100);
});
