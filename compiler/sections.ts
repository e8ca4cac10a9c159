import { flopsOf } from '../ir/estimate.ts';
import type { Value } from '../ir/operation.ts';
import { liveValues, type Program, printProgram } from '../ir/program.ts';
import type { ProgramSection } from './show-program.ts';

/**
 * Of a training step: what the loss needs is forward, what else the gradient needs is backward (Recompute's second forward
 * pass too), the rest is update. Of any other program all is forward.
 */
export function sectionsOf(program: Program): ProgramSection[] {
  const output = (name: string) => program.outputs.find((each) => each.name === name)?.value;
  const [loss, norm] = [output('loss'), output('gradient-norm')];
  const all = printProgram(program).split('\n');
  const [forward, gradient] = [loss && liveValues([loss]), norm && liveValues([norm])];
  const titleOf = (value: Value): ProgramSection['title'] => {
    if (value.op === 'input') return 'inputs';
    if (!forward || !gradient || forward.has(value)) return 'forward';
    return gradient.has(value) ? 'backward' : 'update';
  };
  const sections = new Map<ProgramSection['title'], { lines: string[]; flops: number }>();
  for (const [i, value] of program.values.entries()) {
    const title = titleOf(value);
    const section = sections.get(title) ?? { lines: [], flops: 0 };
    section.lines.push(all[i]!);
    section.flops += flopsOf(value);
    sections.set(title, section);
  }
  sections.set('outputs', { lines: all.slice(program.values.length), flops: 0 });
  const order = ['inputs', 'forward', 'backward', 'update', 'outputs'] as const;
  return order.flatMap((title) => {
    const section = sections.get(title);
    return section ? [{ title, ...section }] : [];
  });
}
