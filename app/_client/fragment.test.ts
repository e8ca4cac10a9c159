import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { documentHash } from '../../graph/document.ts';
import { templates } from '../../templates/index.ts';
import { fromFragment, isGraphFragment, toFragment } from './fragment.ts';

describe('a graph in an address', () => {
  test.each(templates.map(({ id, document }) => [id, document] as const))(
    '%s comes back as it was',
    async (_, document) => {
      const hash = await toFragment(document);
      expect(isGraphFragment(hash)).toBe(true);
      expect(hash).toMatch(/^#g=[A-Za-z0-9_-]+$/);
      expect(documentHash((await fromFragment(hash)).document)).toBe(documentHash(document));
    },
  );

  const packed = (text: string) => `#g=${deflateRawSync(text).toString('base64url')}`;

  test.each([
    ['cut off', '#g=7VdN'],
    ['not base64', '#g=%%%'],
    ['empty', '#g='],
  ])('%s: said so', async (_, hash) => {
    await expect(fromFragment(hash)).rejects.toMatchObject({ problem: { code: 'fragment/damaged' } });
  });

  test('something else than a graph is not opened', async () => {
    await expect(fromFragment(packed('{"a":1}'))).rejects.toMatchObject({ problem: { code: 'document/not-a-graph' } });
  });

  test('what unpacks to more than a graph may have is given up on the way', async () => {
    await expect(fromFragment(packed(' '.repeat(8_000_000)))).rejects.toMatchObject({
      problem: { code: 'fragment/damaged' },
    });
  });
});
