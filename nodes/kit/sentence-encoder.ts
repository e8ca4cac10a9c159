import type { Dataset } from '../../graph/dataset.ts';
import { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import { float32, int32, type Tensor, tensorOf } from '../../ir/tensor.ts';
import { fail } from '../../lib/problem.ts';
import type { RunContext, Vectors } from './context.ts';
import { type Piece, sentencePieces } from './sentence-pieces.ts';

/** The Universal Sentence Encoder, small: two transformer blocks over word pieces, the mean of their states, one layer. */
export const ENCODER = { vectors: 512, width: 256, heads: 4, vocabulary: 8002, longest: 128 } as const;

/** Our names of its tensors, their shapes, and the package's names. */
const root = 'module_apply_default/Encoder_en/KonaTransformer/Encode/';
const own = 'module/Encoder_en/';
const joined = '/ConcatPartitions/concat';
const block = (i: number, width: number) => {
  const at = `${root}Layer_${i}/TransformerLayer/`;
  const attention = `${own}KonaTransformer/Encode/Layer_${i}/TransformerLayer/MultiheadAttention/`;
  const norm = (from: string) => `${from}layer_prepostprocess/layer_norm/layer_norm_`;
  const name = (part: string) => `block.${i}.${part}`;
  return {
    [name('attention-norm.weight')]: [[width], `${norm(at)}scale${joined}`],
    [name('attention-norm.bias')]: [[width], `${norm(at)}bias${joined}`],
    [name('attention.input.weight')]: [[width, 3 * width], `${attention}qkv_transform_single/kernel/part_0`],
    [name('attention.input.bias')]: [[3 * width], `${at}MultiheadAttention/qkv_transform_single/bias${joined}`],
    [name('attention.output.weight')]: [[width, 512], `${attention}output_transform_single/kernel/part_0`],
    [name('attention.output.bias')]: [[512], `${at}MultiheadAttention/output_transform_single/bias${joined}`],
    [name('feed-forward-norm.weight')]: [[512], `${norm(`${at}FFN/`)}scale${joined}`],
    [name('feed-forward-norm.bias')]: [[512], `${norm(`${at}FFN/`)}bias${joined}`],
    [name('feed-forward.input.weight')]: [
      [512, 1536],
      `${root}TransformerStack/Layer_${i}/TransformerLayer/FFN/conv1/Tensordot/Reshape_1`,
    ],
    [name('feed-forward.input.bias')]: [[1536], `${at}FFN/conv1/bias${joined}`],
    [name('feed-forward.output.weight')]: [
      [1536, 512],
      `${root}TransformerStack/Layer_${i}/TransformerLayer/FFN/conv2/Tensordot/Reshape_1`,
    ],
    [name('feed-forward.output.bias')]: [[512], `${at}FFN/conv2/bias${joined}`],
  } as const;
};
export const encoderTensors: Readonly<Record<string, readonly [shape: readonly number[], packageName: string]>> = {
  'embedding.weight': [[8002, 256], 'module/Embeddings_en'],
  ...block(0, 256),
  'block.0.residual.weight': [[256, 512], `${root}Layer_0/TransformerLayer/dense/kernel${joined}`],
  'block.0.residual.bias': [[512], `${root}Layer_0/TransformerLayer/dense/bias${joined}`],
  ...block(1, 512),
  'head.weight': [[512, 512], `${own}hidden_layers/tanh_layer_0/weights`],
  'head.bias': [[512], `${own}hidden_layers/tanh_layer_0/bias`],
};

/** Where each word piece stands, as 128 sines and 128 cosines from one turn a piece down to a ten-thousandth. */
function timing(length: number): Tensor {
  const half = ENCODER.width / 2;
  const values = new Float32Array(length * ENCODER.width);
  for (let at = 0; at < length; at++)
    for (let i = 0; i < half; i++) {
      const angle = at * Math.fround(10_000 ** (-i / (half - 1)));
      values[at * ENCODER.width + i] = Math.sin(angle);
      values[at * ENCODER.width + half + i] = Math.cos(angle);
    }
  return { dtype: 'float32', shape: [length, ENCODER.width], data: values };
}

/** The encoder over `batch` texts of `length` pieces. `mask` is 1 where a piece is. */
export function encoderProgram(batch: number, length: number): Program {
  const ir = new Builder();
  const weights = Object.fromEntries(
    Object.entries(encoderTensors).map(([name, [shape]]) => [name, ir.input(name, { dtype: 'float32', shape })]),
  );
  const weight = (name: string): Value => weights[name]!;
  const dense = (rows: Value, name: string) =>
    ir.add(ir.matmul(rows, weight(`${name}.weight`)), weight(`${name}.bias`));
  const norm = (rows: Value, name: string) =>
    ir.add(ir.mul(ir.normalize(rows, { epsilon: 1e-6 }), weight(`${name}.weight`)), weight(`${name}.bias`));

  const ids = ir.input('ids', { dtype: 'int32', shape: [batch, length], below: ENCODER.vocabulary });
  const mask = ir.input('mask', { dtype: 'float32', shape: [batch, length] });
  const hidden = ir.reshape(ir.mul(ir.sub(1, mask), -1e9), { shape: [batch, 1, 1, length] });
  const rows = batch * length;

  const attend = (x: Value, width: number, name: string): Value => {
    const each = width / ENCODER.heads;
    const projected = dense(x, `${name}.input`);
    const heads = (part: number) =>
      ir.transpose(
        ir.reshape(ir.slice(projected, { axis: 1, start: part * width, length: width }), {
          shape: [batch, length, ENCODER.heads, each],
        }),
        { order: [0, 2, 1, 3] },
      );
    const scores = ir.matmul(ir.mul(heads(0), 1 / Math.sqrt(each)), heads(1), { transposeY: true });
    const mixed = ir.matmul(ir.softmax(ir.add(scores, hidden)), heads(2));
    return dense(ir.reshape(ir.transpose(mixed, { order: [0, 2, 1, 3] }), { shape: [rows, width] }), `${name}.output`);
  };
  const feedForward = (x: Value, name: string) =>
    dense(ir.relu(dense(norm(x, `${name}-norm`), `${name}.input`)), `${name}.output`);

  const position = ir.input('timing', { dtype: 'float32', shape: [length, ENCODER.width] });
  // the package's graph adds the timing signal to the vectors and then that sum to the vectors again
  const pieces = ir.add(ir.mul(ir.gather(weight('embedding.weight'), ids), 2), position);
  let x = ir.reshape(pieces, { shape: [rows, ENCODER.width] });
  for (const [i, width] of [ENCODER.width, ENCODER.vectors].entries()) {
    const mixed = attend(norm(x, `block.${i}.attention-norm`), width, `block.${i}.attention`);
    // the first block also widens what goes past it
    x = ir.add(mixed, i === 0 ? dense(x, 'block.0.residual') : x);
    x = ir.add(x, feedForward(x, `block.${i}.feed-forward`));
  }
  const states = ir.reshape(x, { shape: [batch, length, ENCODER.vectors] });
  const there = ir.reshape(mask, { shape: [batch, length, 1] });
  const count = ir.maximum(ir.sum(mask, { axes: [1], keep: true }), 1);
  const mean = ir.div(ir.sum(ir.mul(states, there), { axes: [1] }), count);
  const head = ir.tanh(dense(mean, 'head'));
  const size = ir.sqrt(ir.maximum(ir.sum(ir.mul(head, head), { axes: [1], keep: true }), 1e-12));
  return makeProgram(ir, { y: ir.div(head, size) });
}

/** Texts of one batch have like lengths, so that little is computed for nothing. */
const LENGTHS = [8, 16, 32, 64, 128] as const;
const BATCH = 16;

/** A vector of 512 numbers and length 1 for each text; zeros for a text of nothing. Pieces after the 128th are left out. */
export async function encodeSentences(
  tensors: Readonly<Record<string, Tensor>>,
  vocabulary: readonly Piece[],
  dataset: Dataset,
  context: RunContext,
): Promise<Vectors> {
  const texts = dataset.data('text', 'text').values;
  const read = sentencePieces(vocabulary);
  const size = ENCODER.vectors;
  const values = new Float32Array(texts.length * size);
  const pieces = texts.map((text) => read(text).slice(0, ENCODER.longest));
  const compute = await context.compute();
  let done = 0;
  for (const [i, length] of LENGTHS.entries()) {
    const shorter = LENGTHS[i - 1] ?? 0;
    const rows = pieces.flatMap((each, row) => (each.length > shorter && each.length <= length ? [row] : []));
    if (rows.length === 0) continue;
    const batch = Math.min(BATCH, rows.length);
    const running = await compute.compile(encoderProgram(batch, length), { keep: Object.keys(encoderTensors) });
    try {
      await running.write(tensors);
      for (let from = 0; from < rows.length; from += batch) {
        const part = rows.slice(from, from + batch);
        const ids = new Int32Array(batch * length);
        const mask = new Float32Array(batch * length);
        part.forEach((row, at) => {
          ids.set(pieces[row]!, at * length);
          mask.fill(1, at * length, at * length + pieces[row]!.length);
        });
        const { y } = await running.run({
          ids: int32([batch, length], ids),
          mask: float32([batch, length], mask),
          timing: timing(length),
        });
        part.forEach((row, at) => {
          values.set((y!.data as Float32Array).subarray(at * size, (at + 1) * size), row * size);
        });
        done += part.length;
        context.progress(done / texts.length, `${done} of ${texts.length} texts`);
        await context.breathe();
      }
    } finally {
      await running.dispose();
    }
  }
  return { size, values };
}

/** The encoder's tensors out of rows of 256 numbers, tensor after tensor, as the package data set has them. */
export function unpackTensors(rows: Dataset): Record<string, Tensor> {
  const { values } = rows.data('numbers', 'vector');
  const tensors: Record<string, Tensor> = {};
  let at = 0;
  for (const [name, [shape]] of Object.entries(encoderTensors)) {
    const count = shape.reduce((a, b) => a * b, 1);
    tensors[name] = tensorOf('float32', shape, values.subarray(at, at + count));
    at += count;
  }
  if (at !== values.length) fail('dataset/format', 'The weights of the sentence encoder are not as they were.');
  return tensors;
}
