// npm run bench -- train-step|generate|compile|forests|browser|editor|estimates [--only NAME] [--rounds N] [--json]
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import type { Figure } from './editor.ts';
import type { EstimateCase } from './estimates.ts';
import type { Case, SuiteOptions } from './measure.ts';

type Suite = (options: SuiteOptions) => Promise<Case[] | Figure[] | EstimateCase[]>;
const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  browser: async () => (await import('./browser.ts')).browserCases,
  compile: async () => (await import('./compile.ts')).compileCases,
  editor: async () => (await import('./editor.ts')).editorFigures,
  estimates: async () => (await import('./estimates.ts')).estimateCases,
  forests: async () => (await import('./forests.ts')).forestCases,
  generate: async () => (await import('./generate.ts')).generateCases,
  'train-step': async () => (await import('./train-step.ts')).trainStepCases,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, only: { type: 'string' }, rounds: { type: 'string', default: '10' } },
});
const [wanted] = positionals;
if (!wanted || !suites[wanted]) {
  console.error(`Say what to measure: ${Object.keys(suites).join(', ')}.`);
  process.exit(2);
}
const say = (line: string): void => {
  if (!values.json) console.log(line);
};
const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB`;
say(`${machine}, Node ${process.versions.node}`);
const cases = await (await suites[wanted]())({ only: values.only, rounds: Number(values.rounds), say });
if (values.json) console.log(JSON.stringify({ bench: wanted, machine, node: process.versions.node, cases }, null, 1));
process.exit(0);
