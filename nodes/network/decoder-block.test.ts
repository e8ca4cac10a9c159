import { checkNetwork } from '../../runtime/testing/check-network.ts';
import { type Numbers, readFixture } from '../../runtime/testing/fixtures.ts';

interface Block {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly vocabulary: number;
  readonly ids: Numbers;
  readonly parameters: Readonly<Record<string, Numbers>>;
  readonly output: Numbers;
  readonly cotangent: Numbers;
  readonly gradients: Readonly<Record<string, Numbers>>;
}

for (const { params, vocabulary, ids, ...block } of readFixture<{ cases: Block[] }>('blocks').cases)
  checkNetwork(
    {
      nodes: {
        input: { type: 'network/input', params: { length: ids.shape[1], vocabulary } },
        embedding: { type: 'network/embedding', params: { width: block.output.shape[2] } },
        block: { type: 'network/decoder-block', params: { ...params, name: 'block' } },
        network: { type: 'network/network', params: { task: 'none' } },
      },
      edges: [
        ['input.y', 'embedding.x'],
        ['embedding.y', 'block.x'],
        ['block.y', 'network.x'],
      ],
    },
    { ...block, feeds: { tokens: ids } },
  );
