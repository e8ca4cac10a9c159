import type { Value } from '../ir/operation.ts';
import { liveValues, type Program, printProgram } from '../ir/program.ts';

/**
 * A program as text to read. Of a training step: what the loss needs is forward, what else the gradient needs is backward
 * (Recompute's second forward pass too), the rest is update.
 */
export function printSections(program: Program): string {
  const output = (name: string) => program.outputs.find((each) => each.name === name)?.value;
  const [loss, norm] = [output('loss'), output('gradient-norm')];
  const lines = printProgram(program).split('\n');
  if (!loss || !norm) return lines.join('\n');
  const [forward, gradient] = [liveValues([loss]), liveValues([norm])];
  const sectionOf = (value: Value): string =>
    value.op === 'input' ? 'inputs' : forward.has(value) ? 'forward' : gradient.has(value) ? 'backward' : 'update';
  const sections: Record<string, string[]> = { inputs: [], forward: [], backward: [], update: [] };
  for (const [i, value] of program.values.entries()) sections[sectionOf(value)]!.push(lines[i]!);
  sections.outputs = lines.slice(program.values.length);
  return Object.entries(sections)
    .map(([title, own]) => `# ${title}, ${own.length}\n${own.join('\n')}`)
    .join('\n\n');
}
