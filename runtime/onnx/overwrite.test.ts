import { expect, test } from 'vitest';
import { outputOf } from '../../ir/program.ts';
import { float32 } from '../../ir/tensor.ts';
import { parseProgram } from '../testing/program-text.ts';
import { onnxNodeCompute } from './node.ts';
import { canOverwrite } from './overwrite.ts';

const can = (text: string): boolean => {
  const program = parseProgram(text);
  return canOverwrite(program, program.inputs[0]!, outputOf(program, 'next'));
};
const state = '%m = input "m" : float32[4]\n%g = input "g" : float32[4]\n';

test('what is read on the way to the output, or number by number with it, may be written over', () => {
  expect(can(`${state}%d = mul %m, %m\n%n = add %d, %g\noutput "next" %n`)).toBe(true);
  expect(can(`${state}%n = add %m, %g\noutput "next" %n`)).toBe(true);
  expect(
    can(`${state}%r = reshape %m {shape: [2, 2]}\n%s = sum %r {axes: [0, 1]}
    %b = broadcast %s {shape: [4]}\n%n = add %b, %g\noutput "next" %n`),
  ).toBe(true);
});

test('what is read elsewhere, or not number by number, may not', () => {
  expect(can(`${state}%n = add %m, %g\n%o = exp %m\noutput "next" %n\noutput "o" %o`)).toBe(false);
  expect(
    can(`${state}%n = add %m, %g\n%r = reshape %m {shape: [2, 2]}\n%o = exp %r
    output "next" %n\noutput "o" %o`),
  ).toBe(false);
  expect(can(`${state}%n = concat %m, %g {axis: 0}\noutput "next" %n`)).toBe(false);
  expect(can(`${state}%n = add %m, %g\n%r = reshape %m {shape: [2, 2]}\noutput "next" %n\noutput "o" %r`)).toBe(false);
  expect(can(`${state}%r = reshape %m {shape: [4]}\noutput "next" %r`)).toBe(false);
});

test('a run that writes over its state gives what one with two buffers gives, and takes over what it is given', async () => {
  const program = parseProgram(
    `${state}%c = constant {value: 0.5, dtype: float32, shape: []}\n%h = broadcast %c {shape: [4]}\n%d = mul %m, %h
    %n = add %d, %g\n%s = sqrt %n\noutput "next" %n\noutput "s" %s`,
  );
  const compute = onnxNodeCompute({ threads: 1 });
  const carry = { m: 'next' };
  const two = await compute.compile(program, { carry });
  const one = await compute.compile(program, { carry, overwrite: ['m'] });
  const start = () => ({ m: float32([4], [1, 2, 3, 4]) });
  const feeds = { g: float32([4], [0.25, 1, 2, 8]) };
  const given = start();
  await two.write(start());
  await one.write(given, { given: true });
  let before: unknown;
  for (let i = 0; i < 5; i++) {
    before = await two.read(['m']);
    expect(await one.run(feeds)).toEqual(await two.run(feeds));
  }
  const after = await two.read(['m']);
  expect(await one.read(['m'])).toEqual(after);
  expect([...given.m.data]).toEqual([...after.m!.data]);
  expect(await one.before?.(['m'])).toBeUndefined();
  expect(await two.before?.(['m'])).toEqual(before);
  await Promise.all([one.dispose(), two.dispose()]);
});
