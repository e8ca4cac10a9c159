import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dataset } from '../../../graph/dataset.ts';
import { languages, wordnetFields } from '../../../nodes/kit/datasets.ts';
import { categoryColumn, readJson, textColumn } from './columns.ts';

/** Prose out of Markdown and HTML: links become their words, marks go. */
const plain = (markdown: string): string =>
  markdown
    .replace(/<[^>]+>/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim();

interface Feature {
  readonly title: string;
  readonly description: string;
  readonly notes: string;
  readonly keywords: string;
  readonly categories: readonly string[];
}

export function caniuse(folder: string): Dataset {
  const { data } = readJson(join(folder, 'data.json')) as { data: Record<string, Feature> };
  const rows = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  const textOf = ({ title, description, notes }: Feature) => {
    const literal = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return plain(`${description} ${notes}`).replace(new RegExp(literal, 'gi'), ' ').replace(/\s+/g, ' ').trim();
  };
  const column = (name: string, of: (feature: Feature) => string, role?: 'feature') =>
    textColumn(
      name,
      rows.map(([, feature]) => of(feature)),
      role,
    );
  const categories = rows.map(([, feature]) => feature.categories[0] ?? 'Other');
  return new Dataset([
    textColumn(
      'id',
      rows.map(([id]) => id),
      'id',
    ),
    column('title', ({ title }) => title),
    column('text', textOf, 'feature'),
    column('keywords', ({ keywords }) => keywords.replaceAll(',', ' ')),
    categoryColumn('category', categories, { categories: [...new Set(categories)].sort() }),
  ]);
}

export function npmDocs(folder: string): Dataset {
  const root = join(folder, 'docs', 'content');
  const pages = readdirSync(root, { recursive: true })
    .map((file) => String(file).replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => {
      const source = readFileSync(join(root, file), 'utf8').replace(/\r\n/g, '\n');
      const [, head = '', body = source] = /^---\n(.*?)\n---\n(.*)$/s.exec(source) ?? [];
      const field = (name: string) => new RegExp(`^${name}: *"?(.*?)"?$`, 'm').exec(head)?.[1] ?? '';
      return { id: file.slice(0, -3), title: field('title'), summary: field('description'), body: body.trim() };
    });
  return new Dataset([
    textColumn(
      'id',
      pages.map(({ id }) => id),
      'id',
    ),
    textColumn(
      'title',
      pages.map(({ title }) => title),
    ),
    textColumn(
      'summary',
      pages.map(({ summary }) => summary),
    ),
    textColumn(
      'text',
      pages.map(({ body }) => body),
      'feature',
    ),
  ]);
}

export function translation(folder: string): Dataset {
  const compiler = readFileSync(join(folder, 'lib', 'typescript.js'), 'utf8');
  const said = compiler.matchAll(/diag\(\s*\d+,\s*\d+ \/\* \w+ \*\/,\s*"([^"]+)",\s*(["'`])((?:\\.|(?!\2)[^\\])*)\2/g);
  const unescaped = (literal: string) => literal.replace(/\\(.)/gs, (_, c: string) => (c === 'n' ? '\n' : c));
  const english = new Map([...said].map(([, id, , text]) => [id!, unescaped(text!)]));
  const others = Object.entries(languages).map(([code, name]) => ({
    name,
    messages: readJson(join(folder, 'lib', code, 'diagnosticMessages.generated.json')) as Record<string, string>,
  }));
  const ids = [...english.keys()]
    .filter((id) => others.every(({ messages }) => Object.hasOwn(messages, id)))
    .sort((a, b) => (a < b ? -1 : 1));
  return new Dataset([
    textColumn('id', ids, 'id'),
    textColumn(
      'English',
      ids.map((id) => english.get(id)!),
      'feature',
    ),
    ...others.map(({ name, messages }) =>
      textColumn(
        name,
        ids.map((id) => messages[id]!),
        name === 'German' ? 'target' : undefined,
      ),
    ),
  ]);
}

export function wordnet(folder: string): Dataset {
  const parts = { adj: 'adjective', adv: 'adverb', noun: 'noun', verb: 'verb' };
  const rows = Object.entries(parts).flatMap(([file, part]) =>
    readFileSync(join(folder, 'dict', `data.${file}`), 'utf8')
      .split('\n')
      // the licence stands indented at the top
      .filter((line) => line !== '' && !line.startsWith(' '))
      .map((line) => {
        const bar = line.indexOf('|');
        const [offset, field, , many, ...rest] = line.slice(0, bar).split(' ');
        const words = Array.from({ length: Number.parseInt(many!, 16) }, (_, i) =>
          rest[2 * i]!.replaceAll('_', ' ').replace(/\((?:a|p|ip)\)$/, ''),
        );
        // examples are quoted, and stand after the definition
        const gloss = line.slice(bar + 1).trim();
        const first = gloss.search(/; *"/);
        return {
          id: `${file}.${offset}`,
          words: words.join(', '),
          definition: first < 0 ? gloss : gloss.slice(0, first),
          examples: first < 0 ? '' : gloss.slice(first + 1).trim(),
          part,
          field: wordnetFields[Number(field)]!,
        };
      }),
  );
  return new Dataset([
    textColumn(
      'id',
      rows.map(({ id }) => id),
      'id',
    ),
    textColumn(
      'words',
      rows.map(({ words }) => words),
    ),
    textColumn(
      'definition',
      rows.map(({ definition }) => definition),
      'feature',
    ),
    textColumn(
      'examples',
      rows.map(({ examples }) => examples),
    ),
    categoryColumn(
      'part of speech',
      rows.map(({ part }) => part),
      { categories: Object.values(parts) },
    ),
    categoryColumn(
      'field',
      rows.map(({ field }) => field),
      { categories: wordnetFields, role: 'target' },
    ),
  ]);
}
