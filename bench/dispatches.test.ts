import { expect, test } from 'vitest';
import { optimise } from '../compiler/optimise.ts';
import { planOf } from '../runtime/tfjs/plan.ts';
import { gpt, openNetwork, stepOf } from './models.ts';

const MEGABYTES_128 = 128 * 2 ** 20;

async function stepPlan(size: 'S' | 'M') {
  const model = gpt(size);
  const step = stepOf(model, await openNetwork(model));
  return planOf(optimise(step.program), { carry: step.carry, keep: step.frozen }, MEGABYTES_128);
}

test('a training step of GPT S with AdamW is at most 60 dispatches; the whole update is one', async () => {
  const plan = await stepPlan('S');
  expect(plan.dispatches.length).toBeLessThanOrEqual(60);
  const updates = plan.dispatches.filter(({ output }) => output === 'next');
  // all parameters and both moments at once, and the count of steps
  expect(updates.length).toBeLessThanOrEqual(2);
  expect(updates.some(({ bytes }) => bytes > 6 * 4 * 238_336)).toBe(true);
});

test('equal layers share their shaders: four blocks need hardly more than one', async () => {
  const shaders = ({ dispatches }: Awaited<ReturnType<typeof stepPlan>>) =>
    new Set(dispatches.map(({ shader }) => shader.code)).size;
  const [one, four] = [await stepPlan('S'), await stepPlan('M')];
  expect(four.dispatches.length).toBeGreaterThan(2 * one.dispatches.length);
  expect(shaders(four)).toBeLessThan(1.4 * shaders(one));
});
