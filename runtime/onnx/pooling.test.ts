import { expect, test } from 'vitest';
import { Builder } from '../../ir/builder.ts';
import { makeProgram } from '../../ir/program.ts';
import { float32 } from '../../ir/tensor.ts';
import { referenceCompute } from '../reference/backend.ts';
import { onnxNodeCompute } from './node.ts';

const zero = [
  [0, 0],
  [0, 0],
] as const;

test.each([
  ['side by side', [2, 2], [2, 2], [4, 6]],
  ['side by side, a row and a column left over', [2, 3], [2, 3], [5, 7]],
  ['over each other', [3, 3], [2, 2], [5, 7]],
] as const)(
  'windows %s: values and gradient of one program are the reference’s, the first of equal ones wins',
  async (_, size, stride, [h, w]) => {
    const ir = new Builder();
    const attrs = { size, stride, dilation: [1, 1], padding: zero } as const;
    const x = ir.input('x', { dtype: 'float32', shape: [2, 3, h, w] });
    const y = ir.maxPool(x, attrs);
    const gradient = ir.maxPoolInput(ir.add(ir.mul(y, y), 1), x, attrs);
    const program = makeProgram(ir, { y, gradient });
    const feeds = {
      x: float32(
        [2, 3, h, w],
        Float32Array.from({ length: 6 * h * w }, (_, i) => ((i * i) % 7) - 3),
      ),
    };
    const [got, want] = await Promise.all(
      [onnxNodeCompute({ threads: 1 }), referenceCompute].map(async (each) => (await each.compile(program)).run(feeds)),
    );
    expect(got).toEqual(want);
  },
);
