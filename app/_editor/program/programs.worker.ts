import { problemOf } from '../../../lib/problem.ts';
import type { ToCompiler } from './programs.ts';
import { shownPrograms, timesOfNodes } from './shown-programs.ts';

self.addEventListener('message', async ({ data }: MessageEvent<ToCompiler>) => {
  if ('request' in data) return self.postMessage({ id: data.id, answer: await shownPrograms(data.request) });
  try {
    if ('times' in data) return self.postMessage({ id: data.id, times: await timesOfNodes(data.times) });
    const [{ pageCompute }, { calibrate }] = await Promise.all([
      import('../../../runtime/browser/compute.ts'),
      import('../../../runtime/calibrate.ts'),
    ]);
    const compute = await pageCompute('auto');
    const calibration = await calibrate(compute);
    self.postMessage({ id: data.id, measured: { device: compute.device.title, calibration } });
  } catch (error) {
    self.postMessage({ id: data.id, problem: problemOf(error) });
  }
});
