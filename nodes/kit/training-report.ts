import type { Metric, Model, Table } from '../../graph/values.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { elementCount } from '../../ir/types.ts';
import { sha256Hex } from '../../lib/hash.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/** SHA-256 over the names, shapes and bytes of tensors, in the order of their names. */
export function hashTensors(tensors: Tensors): string {
  const parts = Object.entries(tensors)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { shape, data }]) => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return `${name} ${shape.join('×')} ${sha256Hex(bytes)}`;
    });
  return sha256Hex(parts.join('\n'));
}

/**
 * What a training changed and what it left alone, counted from the tensors: numbers trained and their share, bytes that
 * weights, gradient and optimizer state take, and a hash of both parts before and after.
 */
export function weightsReport({
  parameters,
  before,
  after,
  slots,
  seconds,
}: {
  readonly parameters: Model['card']['parameters'];
  readonly before: Tensors;
  readonly after: Tensors;
  /** Numbers that the optimizer keeps. */
  readonly slots: number;
  readonly seconds: number;
}): { values: Metric[]; table: Table } {
  const count = (trainable: boolean): number =>
    parameters
      .filter((parameter) => parameter.trainable === trainable)
      .reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const [trained, frozen] = [count(true), count(false)];
  const row = (title: string, trainable: boolean): Table['rows'][number] => {
    const names = parameters.filter((parameter) => parameter.trainable === trainable).map(({ name }) => name);
    const of = (tensors: Tensors) => hashTensors(Object.fromEntries(names.map((name) => [name, tensors[name]!])));
    return [title, names.length, count(trainable), of(before), of(after)];
  };
  const rows = [row('trained', true), ...(frozen > 0 ? [row('frozen', false)] : [])];
  return {
    values: [
      { name: 'parameters.trained', value: trained, better: 'lower' },
      { name: 'parameters.share', value: trained / (trained + frozen), better: 'lower' },
      // weights, for each trained one its gradient, and the optimizer's own
      { name: 'memory.state', value: 4 * (trained * 2 + slots + frozen), unit: 'bytes', better: 'lower' },
      { name: 'time', value: seconds, unit: 's', better: 'lower' },
    ],
    table: {
      title: 'Weights',
      columns: [
        { name: 'part', kind: 'text' },
        { name: 'tensors', kind: 'number' },
        { name: 'numbers', kind: 'number' },
        { name: 'SHA-256 before', kind: 'text' },
        { name: 'SHA-256 after', kind: 'text' },
      ],
      rows: rows.map((each) => [...each]),
    },
  };
}
