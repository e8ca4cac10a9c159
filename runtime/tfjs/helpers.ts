/** Functions in WGSL that a kernel may need: its own are too rough, or say nothing of NaN. */
export const helpers = {
  /** 1 / (1 + e^(−x)), without an overflow. */
  sigmoidOf: `
fn sigmoidOf(x : f32) -> f32 {
  let small = exp(-abs(x));
  return select(small, 1f, x >= 0f) / (1f + small);
}`,
  /** Near 0 by its series, so that a small argument keeps all its digits. */
  tanhOf: `
fn tanhOf(x : f32) -> f32 {
  let s = x * x;
  if (s < 0.09f) {
    return x * (1f + s * (-0.33333333f + s * (0.13333333f + s * (-0.053968254f + s * (0.021869488f - s * 0.0088632355f)))));
  }
  let small = exp(-2f * abs(x));
  return sign(x) * (1f - small) / (1f + small);
}`,
  /** Near 0 by its series, else Abramowitz and Stegun 7.1.26, off by 1.5e-7 at most. */
  erfOf: `
fn erfOf(x : f32) -> f32 {
  let s = x * x;
  if (s < 0.25f) {
    return x * 1.1283791671f * (1f + s * (-0.33333333f + s * (0.1f + s * (-0.023809524f + s * (0.0046296296f - s * 0.00075757576f)))));
  }
  let t = 1f / (1f + 0.3275911f * abs(x));
  let tail = t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
  return sign(x) * (1f - tail * exp(-s));
}`,
  /**
   * WGSL's own sin and cos may be off by 2⁻¹¹, which shows in sinusoidal and rotary positions. This is Cephes' sinf: the
   * angle less a multiple of π/2 in three parts (Cody and Waite), then a short polynomial.
   */
  waveOf: `
fn waveOf(a : f32, quarter : i32) -> f32 {
  let turns = round(a * 0.6366197723675814f);
  let r = ((a - turns * 1.5703125f) - turns * 4.837512969970703e-4f) - turns * 7.54978995489188e-8f;
  let s = r * r;
  let sine = r + r * s * (-1.6666654611e-1f + s * (8.3321608736e-3f - s * 1.9515295891e-4f));
  let cosine = 1f - 0.5f * s + s * s * (4.166664568298827e-2f + s * (-1.388731625493765e-3f + s * 2.443315711809948e-5f));
  let part = (i32(turns) + quarter) & 3;
  let value = select(sine, cosine, (part & 1) == 1);
  return select(value, -value, part >= 2);
}`,
  /** The larger and the smaller, NaN where one of them is: WGSL's own may hide it. */
  largerOf: `
fn largerOf(x : f32, y : f32) -> f32 { return select(max(x, y), x + y, isnan(x) || isnan(y)); }`,
  smallerOf: `
fn smallerOf(x : f32, y : f32) -> f32 { return select(min(x, y), x + y, isnan(x) || isnan(y)); }`,
  /** x to the power y for x ≥ 0, as IEEE 754 has it. */
  powerOf: `
fn powerOf(x : f32, y : f32) -> f32 {
  if (y == 0f || x == 1f) { return 1f; }
  return select(pow(x, y), uniforms.NAN, x < 0f || isnan(x) || isnan(y));
}`,
  /** Philox4x32-10: word e of it is that of lib/philox.ts. */
  philox: `
fn mulHigh(a : u32, b : u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let carry = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (carry >> 16u);
}
fn philox(e : i32, c0 : u32, c1 : u32, k0 : i32, k1 : i32) -> u32 {
  var x = vec4<u32>(u32(e) / 4u, 0u, c0, c1);
  var k = vec2<u32>(bitcast<u32>(k0), bitcast<u32>(k1));
  for (var round = 0; round < 10; round++) {
    let high0 = mulHigh(0xd2511f53u, x.x);
    let low0 = 0xd2511f53u * x.x;
    let high1 = mulHigh(0xcd9e8d57u, x.z);
    let low1 = 0xcd9e8d57u * x.z;
    x = vec4<u32>(high1 ^ x.y ^ k.x, low1, high0 ^ x.w ^ k.y, low0);
    k = vec2<u32>(k.x + 0x9e3779b9u, k.y + 0xbb67ae85u);
  }
  return x[u32(e) % 4u];
}`,
} as const;
