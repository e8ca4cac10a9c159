import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../compiler/lint/index.ts';

const root = join(import.meta.dirname, '..');
const target = join(root, 'docs/problems.md');
/** Where problems are made that a person meets. */
const folders = ['graph', 'ir', 'nodes', 'compiler', 'runtime', 'server', 'app', 'lib'];

interface Kind {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly file: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'testing' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.(test|gen)\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** What is filled into a template, with what is filled in there again. */
const filling = String.raw`\$\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}`;
const tick = '`';
const template = String.raw`${tick}(?:[^${tick}\\$]|\\.|\$(?!\{)|${filling})*${tick}`;
const quoted = String.raw`('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|${template})`;
/** `fail('a/b', 'Sentence.'` and its kin, and `code: 'a/b', … message: 'Sentence.'`. */
const forms = [
  new RegExp(String.raw`\b(?:fail|warn|refuse|complain)\(\s*'([a-z-]+/[a-z-]+)',\s*${quoted}`, 'g'),
  new RegExp(String.raw`code: '([a-z-]+/[a-z-]+)',\s*(?:severity: '\w+',\s*)?message:\s*${quoted}`, 'g'),
];
const hintAfter = new RegExp(String.raw`^[^;]{0,400}?hint:\s*${quoted}`, 's');

/** A literal as a sentence: what is filled in becomes …. */
const sentence = (literal: string): string =>
  literal
    .slice(1, -1)
    .replace(new RegExp(filling, 'g'), '…')
    .replace(/\\(['"`])/g, '$1')
    .replaceAll('|', '\\|')
    .replace(/\s+/g, ' ')
    .trim();

/** Every kind of problem that the code can tell of, once, by code. */
export function kinds(): Kind[] {
  const found = new Map<string, Kind>();
  for (const file of folders.flatMap(sources).sort()) {
    const source = readFileSync(join(root, file), 'utf8');
    for (const form of forms)
      for (const match of source.matchAll(form)) {
        const [whole, code, literal] = match as unknown as [string, string, string];
        const rest = source.slice(match.index + whole.length);
        const next = rest.search(/\b(?:fail|warn|refuse|complain)\(|code: '/);
        const hint = hintAfter.exec(next < 0 ? rest : rest.slice(0, next))?.[1];
        if (!found.has(code))
          found.set(code, { code, message: sentence(literal), hint: hint ? sentence(hint) : '', file });
      }
  }
  return [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

const fixed = (code: string, source: string): boolean => source.includes(`'${code}'`);

export function page(): string {
  const fixes = readFileSync(join(root, 'compiler/fixes.ts'), 'utf8');
  const all = kinds().filter(({ code }) => !code.startsWith('lint/'));
  const areas = [...new Set(all.map(({ code }) => code.slice(0, code.indexOf('/'))))];
  const lines = [
    '# Problems',
    '',
    `Every problem that Patchbay can tell of has a stable code, one sentence and, where something can be done, a hint. This list is`,
    'made from the code by `npx tsx scripts/problems.ts`; a test fails when a problem of the checker or of lint is not in it. `…` stands',
    'for what is filled in.',
    '',
    `${all.length} kinds of problems and ${rules.length} kinds of advice.`,
    '',
    '## Advice',
    '',
    'Mistakes that a graph can make although every wire fits. Each is a warning, can be silenced on its node, and most are mended with one click.',
    '',
    '| code | what | why |',
    '|---|---|---|',
    ...rules.map(({ code, title, reason }) => `| \`${code}\` | ${title} | ${reason} |`),
    '',
    '## Fixes',
    '',
    'Errors of the checker come with buttons where something mends them. What may fail is tried on a copy of the graph first, and is',
    'offered only if the problem is gone and no other has come. Wrong params offer their default and numbers near by, column params the columns',
    'that arrive, sizes that do not agree the blanks that the checker could solve.',
    '',
  ];
  for (const area of areas) {
    lines.push(`## ${area}`, '', '| code | sentence | hint | fix |', '|---|---|---|---|');
    for (const { code, message, hint } of all.filter((each) => each.code.startsWith(`${area}/`)))
      lines.push(`| \`${code}\` | ${message} | ${hint} | ${fixed(code, fixes) ? 'yes' : ''} |`);
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

if (process.argv[1]?.endsWith('problems.ts')) {
  writeFileSync(target, page());
  process.stdout.write(`docs/problems.md: ${kinds().length} kinds\n`);
}
