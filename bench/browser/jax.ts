import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, scipySpecial, valueAndGrad } from '@jax-js/jax';
import type { gptSizes } from '../models.ts';

type Size = (typeof gptSizes)['S'];
type Arrays = Record<string, np.Array>;

/** The same network and optimizer in jax-js, as its documentation would have one write it: one jitted step. */
export async function jaxStep(
  device: 'wasm' | 'webgpu',
  { batch, length, width, heads, vocabulary }: Size,
  seeded: () => number,
): Promise<() => Promise<void>> {
  const devices = await init(device);
  if (!devices.includes(device)) throw new Error(`jax-js has no ${device} here`);
  defaultDevice(device);
  const each = width / heads;
  const random = (shape: number[], scale = 0.02): np.Array =>
    np.array(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => seeded() * scale)).reshape(shape);
  const full = (value: number): np.Array => np.ones([width]).mul(value);

  const layers: [string, () => np.Array][] = [
    ['embedding', () => random([vocabulary, width])],
    ['positions', () => random([length, width])],
    ...['q', 'k', 'v', 'o'].map((name): [string, () => np.Array] => [name, () => random([width, width])]),
    ['up', () => random([width, 4 * width])],
    ['down', () => random([4 * width, width])],
    ...['1', '2', '3'].flatMap((n): [string, () => np.Array][] => [
      [`gain${n}`, () => full(1)],
      [`bias${n}`, () => full(0)],
    ]),
  ];
  const norm = (x: np.Array, gain: np.Array, bias: np.Array): np.Array => {
    const centre = x.ref.sub(np.mean(x, -1, { keepdims: true }));
    const variance = np.mean(centre.ref.mul(centre.ref), -1, { keepdims: true });
    return centre
      .div(np.sqrt(variance.add(1e-5)))
      .mul(gain)
      .add(bias);
  };
  const gelu = (x: np.Array): np.Array => x.ref.mul(0.5).mul(scipySpecial.erf(x.mul(Math.SQRT1_2)).add(1));
  const head = (x: np.Array): np.Array => np.transpose(x.reshape([batch, length, heads, each]), [0, 2, 1, 3]);

  const loss = (p: Arrays, ids: np.Array, target: np.Array): np.Array => {
    const of = (name: string): np.Array => p[name]!.ref;
    let x = np.matmul(nn.oneHot(ids, vocabulary).reshape([batch * length, vocabulary]), of('embedding'));
    x = x
      .reshape([batch, length, width])
      .add(of('positions'))
      .reshape([batch * length, width]);
    const a = norm(x.ref, of('gain1'), of('bias1'));
    const [q, k, v] = ['q', 'k', 'v'].map((name) => head(np.matmul(a.ref, of(name)))) as [np.Array, np.Array, np.Array];
    a.dispose();
    const mask = np
      .tril(np.ones([length, length]))
      .sub(1)
      .mul(1e9);
    const scores = np.matmul(q.mul(1 / Math.sqrt(each)), np.transpose(k, [0, 1, 3, 2])).add(mask);
    const mixed = np.transpose(np.matmul(nn.softmax(scores, -1), v), [0, 2, 1, 3]).reshape([batch * length, width]);
    x = x.add(np.matmul(mixed, of('o')));
    const b = norm(x.ref, of('gain2'), of('bias2'));
    x = x.add(np.matmul(gelu(np.matmul(b, of('up'))), of('down')));
    const c = norm(x, of('gain3'), of('bias3'));
    const logits = np.matmul(c, np.transpose(of('embedding')));
    for (const each of Object.values(p)) each.dispose();
    const picked = nn.logSoftmax(logits, -1).mul(nn.oneHot(target, vocabulary).reshape([batch * length, vocabulary]));
    return np.sum(picked).mul(-1 / (batch * length));
  };

  const gradient = valueAndGrad(loss);
  const step = jit((p: Arrays, m: Arrays, v: Arrays, t: np.Array, ids: np.Array, target: np.Array) => {
    const held = Object.fromEntries(Object.entries(p).map(([name, each]) => [name, each.ref]));
    const [value, g] = gradient(held, ids, target) as [np.Array, Arrays];
    const next = { p: {} as Arrays, m: {} as Arrays, v: {} as Arrays };
    const time = t.add(1);
    const first = np.subtract(1, np.exp(time.ref.mul(Math.log(0.9))));
    const second = np.subtract(1, np.exp(time.ref.mul(Math.log(0.999))));
    for (const name of Object.keys(p)) {
      next.m[name] = m[name]!.mul(0.9).add(g[name]!.ref.mul(0.1));
      next.v[name] = v[name]!.mul(0.999).add(np.square(g[name]!).mul(0.001));
      const move = next.m[name]!.ref.div(first.ref)
        .div(np.sqrt(next.v[name]!.ref.div(second.ref)).add(1e-8))
        .mul(1e-3);
      next.p[name] = p[name]!.mul(1 - 1e-5).sub(move);
    }
    first.dispose();
    second.dispose();
    return { ...next, t: time, value };
  });

  const ids = () =>
    np.array(
      Int32Array.from({ length: batch * length }, () => Math.floor(Math.abs(seeded()) * 1e6) % vocabulary),
      { dtype: np.int32 },
    );
  const [input, target] = [ids(), ids()];
  let p = Object.fromEntries(layers.map(([name, make]) => [name, make()]));
  const zeros = () => Object.fromEntries(Object.entries(p).map(([name, each]) => [name, np.zeros(each.shape)]));
  let [m, v, t] = [zeros(), zeros(), np.array(0)] as [Arrays, Arrays, np.Array];
  return async () => {
    const next = step(p, m, v, t, input.ref, target.ref);
    ({ p, m, v, t } = next);
    await next.value.data();
    await blockUntilReady(Object.values(p).map((each) => each.ref));
  };
}
