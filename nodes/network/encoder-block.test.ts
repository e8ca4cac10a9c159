import { checkNetwork } from '../../runtime/testing/check-network.ts';
import { checkProblems, floats } from '../../runtime/testing/check-problems.ts';
import { type Numbers, readFixture } from '../../runtime/testing/fixtures.ts';
import encoderBlock from './encoder-block.ts';

interface Block {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly vocabulary: number;
  readonly ids: Numbers;
  readonly mask?: Numbers;
  readonly parameters: Readonly<Record<string, Numbers>>;
  readonly output: Numbers;
  readonly cotangent: Numbers;
  readonly gradients: Readonly<Record<string, Numbers>>;
}

for (const { params, vocabulary, ids, mask, ...block } of readFixture<{ blocks: Block[] }>('encoders').blocks)
  checkNetwork(
    {
      nodes: {
        input: { type: 'network/input', params: { length: ids.shape[1], vocabulary } },
        ...(mask && {
          mask: { type: 'network/input', params: { kind: 'vector', column: 'mask', length: mask.shape[1] } },
        }),
        embedding: { type: 'network/embedding', params: { width: block.output.shape[2] } },
        block: { type: 'network/encoder-block', params: { ...params, name: 'block' } },
        network: { type: 'network/network', params: { task: 'none' } },
      },
      edges: [
        ['input.y', 'embedding.x'],
        ['embedding.y', 'block.x'],
        ...(mask ? [['mask.y', 'block.mask'] as const] : []),
        ['block.y', 'network.x'],
      ],
    },
    { ...block, feeds: { tokens: ids, ...(mask && { mask }) } },
  );

checkProblems(encoderBlock, [
  {
    name: 'a mask of another length',
    inputs: { x: floats('B', 4, 8), mask: floats('B', 3) },
    problem: {
      code: 'network/mask',
      message: 'Attention needs a mask float32[B, 4] for query float32[B, 4, 8], got float32[B, 3].',
      hint: 'Wire an Input that reads the mask column of the Tokenize node.',
    },
  },
]);
