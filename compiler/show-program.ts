import type { Estimate } from '../ir/estimate.ts';

/** A part of a program as text to read. */
export interface ProgramSection {
  readonly title: 'inputs' | 'forward' | 'backward' | 'update' | 'outputs';
  readonly lines: readonly string[];
  readonly flops: number;
}

/** Sections as one text. */
export const joinSections = (sections: readonly ProgramSection[]): string =>
  sections.map(({ title, lines }) => `# ${title}, ${lines.length}\n${lines.join('\n')}`).join('\n\n');

/** A program with what it takes, as text to read. */
export function showProgram(shown: Estimate & { title?: string; sections: readonly ProgramSection[] }): string {
  const { title, flops, memory, sections } = shown;
  const takes = `${(flops / 1e9).toPrecision(3)} GFLOPs a run, ${(memory / 1e6).toPrecision(3)} MB at its peak, estimated`;
  return `# ${title ? `${title}: ` : ''}${takes}\n\n${joinSections(sections)}\n`;
}
