import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Dataset } from '../../../graph/dataset.ts';
import { MOST_CHARACTERS } from '../../../nodes/kit/datasets.ts';
import { categoryColumn, numberColumn, readJson, textColumn } from './columns.ts';

export function mobyDick(folder: string): Dataset {
  const files = readJson(join(folder, 'data', 'file_list.json')) as string[]; // in the book's order
  const chapters = files.map(
    (file) =>
      readJson(join(folder, 'data', file.replace(/txt$/, 'json'))) as { chapter: string; title: string; text: string },
  );
  const rows = chapters.flatMap(({ chapter, title, text: body }) =>
    body
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim())
      .filter((paragraph) => paragraph !== '')
      .map((paragraph) => ({ paragraph, chapter: title ? `${chapter}. ${title}` : chapter })),
  );
  return new Dataset([
    textColumn(
      'text',
      rows.map((row) => row.paragraph),
      'feature',
    ),
    textColumn(
      'chapter',
      rows.map((row) => row.chapter),
    ),
  ]);
}

export function sotu(folder: string): Dataset {
  const speeches = readdirSync(join(folder, 'data'))
    .filter((file) => /^\d{4}_.*\.json$/.test(file))
    .sort()
    .map((file) => readJson(join(folder, 'data', file)) as { year: number; name: string; party: string; text: string });
  return new Dataset([
    textColumn(
      'text',
      speeches.map((speech) => speech.text),
      'feature',
    ),
    numberColumn(
      'year',
      speeches.map((speech) => speech.year),
    ),
    textColumn(
      'president',
      speeches.map((speech) => speech.name),
    ),
    textColumn(
      'party',
      speeches.map((speech) => speech.party),
    ),
  ]);
}

export function sentiment(folder: string): Dataset {
  const sources = ['amazon', 'imdb', 'yelp'];
  const rows = sources.flatMap((source) =>
    (readJson(join(folder, 'test', 'fixtures', `${source}.json`)) as { text: string; class: number | null }[])
      // each file ends in an empty row
      .filter((row) => row.class !== null)
      .map((row) => ({ ...row, source })),
  );
  const labels = ['negative', 'positive'];
  return new Dataset([
    textColumn(
      'text',
      rows.map((row) => row.text),
      'feature',
    ),
    categoryColumn(
      'label',
      rows.map((row) => labels[row.class!]),
      { categories: labels, role: 'target' },
    ),
    categoryColumn(
      'source',
      rows.map((row) => row.source),
      { categories: sources, role: 'group' },
    ),
  ]);
}

/** The body and the subject of an e-mail as it was sent. */
function openMail(mail: string): { subject: string; body: string } {
  const text = mail.replace(/\r\n?/g, '\n');
  const end = /\n[ \t]*\n/.exec(text);
  const head = end ? text.slice(0, end.index) : text;
  const subject = /^subject:[ \t]*(.*(?:\n[ \t]+.*)*)/im.exec(head)?.[1] ?? '';
  return {
    subject: subject.replace(/\s+/g, ' ').trim(),
    body: end
      ? text
          .slice(end.index + end[0].length)
          .trim()
          .slice(0, MOST_CHARACTERS)
      : '',
  };
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** What is counted of a mail: its name, and how. */
const counts: Readonly<Record<string, (mail: { subject: string; body: string }) => number>> = {
  characters: ({ body }) => body.length,
  words: ({ body }) => count(body, /\S+/g),
  lines: ({ body }) => body.split('\n').length,
  'capitals share': ({ body }) => share(count(body, /[A-Z]/g), count(body, /[A-Za-z]/g)),
  'longest capitals': ({ body }) => Math.max(0, ...(body.match(/[A-Z]+/g) ?? []).map((run) => run.length)),
  'digits share': ({ body }) => share(count(body, /\d/g), body.length),
  exclamations: ({ body }) => count(body, /!/g),
  dollars: ({ body }) => count(body, /\$/g),
  links: ({ body }) => count(body, /https?:\/\//gi),
  tags: ({ body }) => count(body, /<[a-z!/][^>]*>/gi),
  'quoted lines': ({ body }) => count(body, /^>/gm),
  'subject capitals share': ({ subject }) => share(count(subject, /[A-Z]/g), count(subject, /[A-Za-z]/g)),
};

export function spamAssassin(folder: string): Dataset {
  const mails = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2'].flatMap((group) =>
    readdirSync(join(folder, 'data', group))
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => ({
        ...openMail((readJson(join(folder, 'data', group, file)) as { text: string }).text),
        label: group.startsWith('spam') ? 'spam' : 'ham',
      })),
  );
  return new Dataset([
    textColumn(
      'text',
      mails.map(({ body }) => body),
      'feature',
    ),
    textColumn(
      'subject',
      mails.map(({ subject }) => subject),
    ),
    ...Object.entries(counts).map(([name, counted]) => numberColumn(name, mails.map(counted), 'feature')),
    categoryColumn(
      'label',
      mails.map(({ label }) => label),
      { categories: ['ham', 'spam'], role: 'target' },
    ),
  ]);
}
