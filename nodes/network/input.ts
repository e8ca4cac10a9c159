import { z } from 'zod';
import { chooseColumn } from '../../graph/dataset.ts';
import type { Column } from '../../graph/types.ts';
import { type Size, sizeKey, symbol } from '../../ir/size.ts';
import type { TensorType } from '../../ir/types.ts';
import { dataset, defineInput, optional, tensor } from '../kit/define-node.ts';
import { choice, column, integer } from '../kit/params.ts';

const BATCH = symbol('B');

/** The tensor that a batch of a column becomes; undefined for kinds that no tensor stands for. */
export function columnTensor(kind: Column): TensorType | undefined {
  switch (kind.kind) {
    case 'tokens':
      return { dtype: 'int32', shape: [BATCH, kind.length], below: kind.vocabulary };
    case 'tags':
      return { dtype: 'int32', shape: [BATCH, kind.length], below: kind.size };
    case 'category':
      return { dtype: 'int32', shape: [BATCH], below: kind.size };
    case 'number':
      return { dtype: 'float32', shape: [BATCH, 1] };
    case 'vector':
      return { dtype: 'float32', shape: [BATCH, kind.size] };
    case 'image':
      return { dtype: 'float32', shape: [BATCH, kind.channels, kind.height, kind.width] };
    case 'audio':
      return { dtype: 'float32', shape: [BATCH, kind.samples] };
    default:
      return undefined;
  }
}

/** What the axes of that tensor are. */
const columnAxes = {
  tokens: 'batch time',
  tags: 'batch time',
  category: 'batch',
  number: 'batch features',
  vector: 'batch features',
  image: 'batch channels height width',
  audio: 'batch time',
} as const satisfies Partial<Record<Column['kind'], string>>;

/** A vector that was made along with tokens, a number for each: a mask. Its axis is that of the tokens. */
const isOfTokens = (found: Column, columns: readonly Column[]): boolean =>
  found.kind === 'vector' &&
  found.origin !== undefined &&
  columns.some(
    (each) =>
      each.kind === 'tokens' &&
      each.origin?.column === found.origin!.column &&
      sizeKey(each.length) === sizeKey(found.size),
  );

export default defineInput({
  id: 'network/input',
  version: 1,
  title: 'Input',
  keywords: ['feed', 'source', 'column', 'features', 'batch'],
  inputs: { dataset: optional(dataset('The data that the network will read; only its schema is used here.')) },
  outputs: { y: tensor('A batch of the column: [B, …].') },
  params: z.object({
    column: column({
      title: 'Column',
      description: 'Which column feeds the network. Left empty, the one whose role is feature.',
      port: 'dataset',
      role: 'feature',
    }),
    kind: choice(['tokens', 'vector', 'image'], {
      title: 'Kind',
      description: 'What the column holds, where no data set is wired.',
      default: 'tokens',
      labels: { tokens: 'Token ids', vector: 'Numbers', image: 'Pictures' },
      advanced: true,
    }),
    length: integer({
      title: 'Length',
      description: 'Tokens or numbers in a row, or the height and width of pictures, where no data set is wired.',
      default: 64,
      min: 1,
      max: 1_048_576,
      advanced: true,
    }),
    vocabulary: integer({
      title: 'Vocabulary',
      description: 'How many different token ids there are, where no data set is wired.',
      default: 256,
      min: 1,
      max: 10_000_000,
      when: { kind: ['tokens'] },
      advanced: true,
    }),
    channels: integer({
      title: 'Channels',
      description: 'Numbers in a pixel, where no data set is wired.',
      default: 1,
      min: 1,
      max: 65_536,
      when: { kind: ['image'] },
      advanced: true,
    }),
  }),
  reads({ dataset: type }, params, check) {
    if (!type) {
      const length: Size = params.length;
      const axes = columnAxes[params.kind];
      switch (params.kind) {
        case 'tokens':
          return {
            axes,
            column: params.column || 'tokens',
            type: { dtype: 'int32', shape: [BATCH, length], below: params.vocabulary },
          };
        case 'vector':
          return { axes, column: params.column || 'features', type: { dtype: 'float32', shape: [BATCH, length] } };
        case 'image':
          return {
            axes,
            column: params.column || 'image',
            type: { dtype: 'float32', shape: [BATCH, params.channels, length, length] },
          };
      }
    }
    const found = chooseColumn(type, { name: params.column, role: 'feature' });
    const names = type.columns.map((each) => each.name).join(', ');
    if (!found)
      return check.fail(
        'dataset/no-column',
        params.column
          ? `Input needs a column ${params.column}, the data set has ${names}.`
          : `Input needs to know which column to read, the data set has ${names}.`,
        { param: 'column', hint: 'Choose a column.' },
      );
    const tensorType = columnTensor(found);
    if (!tensorType)
      return check.fail(
        'network/column-kind',
        `Input needs numbers or ids, ${found.name} is a column of ${found.kind}.`,
        { param: 'column', hint: 'Put a Tokenize node before it, or choose another column.' },
      );
    const axes = columnAxes[(isOfTokens(found, type.columns) ? 'tokens' : found.kind) as keyof typeof columnAxes];
    return { axes, column: found.name, type: tensorType, ...(found.origin && { from: found.origin.column }) };
  },
  docs: {
    summary: 'Brings one column of a data set into a network as a batch of rows.',
    notes: 'A network has one Input for each column that it reads. Training and prediction bind columns by name.',
    sources: [{ title: 'PyTorch, torch.utils.data', url: 'https://docs.pytorch.org/docs/stable/data.html' }],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 8, vocabulary: 16 } },
      embedding: { type: 'network/embedding', params: { width: 4 } },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'network.x'],
    ],
  },
});
