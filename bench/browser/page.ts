/** Runs in the page that bench/browser.ts opens: training steps of one size, counted or timed. */
import { optimise } from '../../compiler/optimise.ts';
import type { Compute, Executable } from '../../nodes/kit/compute.ts';
import { pageCompute } from '../../runtime/browser/compute.ts';
import { planOf } from '../../runtime/tfjs/plan.ts';
import { gpt, gptSizes, openNetwork, startOf, stepOf } from '../models.ts';
import { type Counts, count, counted } from './counting.ts';

type SizeName = keyof typeof gptSizes;

/** Numbers that do not change from run to run. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

async function ours(compute: Compute, size: SizeName) {
  const model = gpt(size);
  const network = await openNetwork(model);
  const step = stepOf(model, network);
  const program = optimise(step.program);
  const running: Executable = await compute.compile(program, { carry: step.carry, keep: step.frozen });
  const { state, feeds } = startOf(step, network);
  await running.write(state);
  const { dispatches } = planOf(program, { carry: step.carry, keep: step.frozen }, 2 ** 27);
  const bytes = dispatches.reduce((sum, each) => sum + each.bytes, 0);
  return { step: () => running.run(feeds), bytes };
}

/** ONNX Runtime Web's WebGPU provider with the state left on the device. */
async function ortWebgpu(size: SizeName): Promise<() => Promise<unknown>> {
  const { ortWebgpuCompute } = await import('./ort-webgpu.ts');
  return (await ours(await ortWebgpuCompute(), size)).step;
}

async function warm(step: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 2; i++) await step();
}

async function timed(step: () => Promise<unknown>, times: number): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    await step();
    taken.push(performance.now() - began);
  }
  return taken;
}

const held = new Map<string, () => Promise<unknown>>();

const bench = {
  isolated: () => crossOriginIsolated,
  /** Dispatches and bytes of one step. `planned`: of the values that our kernels read and write. */
  async webgpu(who: 'ours' | 'jax-js' | 'tfjs' | 'ort', size: SizeName): Promise<Counts & { planned?: number }> {
    let step: () => Promise<unknown>;
    let planned: number | undefined;
    if (who === 'ours') {
      const made = await ours(await pageCompute('webgpu'), size);
      step = made.step;
      planned = made.bytes;
    } else if (who === 'jax-js') step = await (await import('./jax.ts')).jaxStep('webgpu', gptSizes[size], seeded());
    else if (who === 'tfjs') step = await (await import('./tfjs-eager.ts')).tfjsEagerStep(gptSizes[size], seeded());
    else step = await ortWebgpu(size);
    await warm(step);
    return { ...(await counted(step)), ...(planned !== undefined && { planned }) };
  },
  async wasm(who: 'ours' | 'jax-js', size: SizeName): Promise<string> {
    if (who === 'ours') {
      const compute = await pageCompute('wasm');
      held.set(who, (await ours(compute, size)).step);
      await warm(held.get(who)!);
      return compute.device.title;
    }
    held.set(who, await (await import('./jax.ts')).jaxStep('wasm', gptSizes[size], seeded()));
    await warm(held.get(who)!);
    return 'jax-js, WebAssembly';
  },
  time: (who: string, times: number) => timed(held.get(who)!, times),
};
export type PageBench = typeof bench;

count();
Object.assign(globalThis, { bench });
document.title = 'ready';
