import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-webgpu';
import type { gptSizes } from '../models.ts';

type Size = (typeof gptSizes)['S'];

/** The same network in TensorFlow.js, operation by operation, its own Adam: what its users would run. */
export async function tfjsEagerStep(
  { batch, length, width, heads, vocabulary }: Size,
  seeded: () => number,
): Promise<() => Promise<void>> {
  await tf.setBackend('webgpu');
  await tf.ready();
  const each = width / heads;
  const variable = (shape: number[], value?: number): tf.Variable =>
    tf.variable(
      tf.tensor(
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => value ?? seeded() * 0.02),
        shape,
      ),
    );
  const embedding = variable([vocabulary, width]);
  const positions = variable([length, width]);
  const [q, k, v, o] = [0, 1, 2, 3].map(() => variable([width, width])) as [
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
  ];
  const [up, down] = [variable([width, 4 * width]), variable([4 * width, width])];
  const norms = [1, 2, 3].map(() => ({ gain: variable([width], 1), bias: variable([width], 0) }));

  const norm = (x: tf.Tensor, i: number): tf.Tensor => {
    const { mean, variance } = tf.moments(x, -1, true);
    const y = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
    return tf.add(tf.mul(y, norms[i]!.gain), norms[i]!.bias);
  };
  const gelu = (x: tf.Tensor): tf.Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
  const head = (x: tf.Tensor): tf.Tensor => tf.transpose(tf.reshape(x, [batch, length, heads, each]), [0, 2, 1, 3]);
  const ids = () =>
    tf.tensor1d(
      Int32Array.from({ length: batch * length }, () => Math.floor(Math.abs(seeded()) * 1e6) % vocabulary),
      'int32',
    );
  const [input, target] = [ids(), ids()];
  const mask = tf.tensor2d(
    Float32Array.from({ length: length * length }, (_, i) => (i % length > Math.floor(i / length) ? -1e9 : 0)),
    [length, length],
  );
  const loss = (): tf.Scalar => {
    let x: tf.Tensor = tf.gather(embedding, input);
    x = tf.reshape(tf.add(tf.reshape(x, [batch, length, width]), positions), [batch * length, width]);
    const a = norm(x, 0);
    const [queries, keys, values] = [q, k, v].map((weight) => head(tf.matMul(a, weight))) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const scores = tf.add(tf.matMul(tf.mul(queries, 1 / Math.sqrt(each)), keys, false, true), mask);
    const mixed = tf.reshape(tf.transpose(tf.matMul(tf.softmax(scores), values), [0, 2, 1, 3]), [
      batch * length,
      width,
    ]);
    x = tf.add(x, tf.matMul(mixed, o));
    x = tf.add(x, tf.matMul(gelu(tf.matMul(norm(x, 1), up)), down));
    const logits = tf.matMul(norm(x, 2), embedding, false, true);
    const hot = tf.oneHot(target, vocabulary);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), tf.cast(hot, 'float32')), -1))) as tf.Scalar;
  };
  const adam = tf.train.adam(1e-3);
  return async () => {
    const value = adam.minimize(loss, true)!;
    await value.data();
    value.dispose();
  };
}
