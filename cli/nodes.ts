import { parseArgs } from 'node:util';
import { entries, loadTexts, loadWords } from '../nodes/catalogue.ts';
import { showColumns } from './show.ts';

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
  if (values.json) {
    const [texts] = await Promise.all([loadTexts(), loadWords()]);
    const whole = entries.map((entry) => ({ ...entry, ...texts[entry.id] }));
    process.stdout.write(`${JSON.stringify(whole, null, 2)}\n`);
    return 0;
  }
  const ports = (list: (typeof entries)[number]['inputs']) =>
    list.map((port) => `${port.name}${port.optional ? '?' : ''}${port.many ? '*' : ''}`).join(' ');
  process.stdout.write(
    `${showColumns(entries.map((entry) => [entry.id, entry.title, `${ports(entry.inputs)} → ${ports(entry.outputs)}`]))}\n`,
  );
  return 0;
}
