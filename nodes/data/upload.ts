import { utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { fail, ProblemError } from '../../lib/problem.ts';
import { dataset, defineStep } from '../kit/define-node.ts';
import { choice, columnSettings, file, lines, schemaOf } from '../kit/params.ts';
import { columnsOf, type FileSchema, inferSchema, readRows } from '../kit/upload-schema.ts';

const PASTED = 'The pasted text';

const params = z.object({
  source: choice(['file', 'pasted'], {
    title: 'Source',
    description: 'A file, or a text that is typed here.',
    default: 'file',
    labels: { file: 'A file', pasted: 'Pasted text' },
  }),
  file: file({
    title: 'File',
    description: 'CSV, TSV, JSON, JSON Lines or text, in UTF-8.',
    accept: '.csv,.tsv,.tab,.json,.jsonl,.ndjson,.txt,.md',
    when: { source: ['file'] },
  }),
  pasted: lines({
    title: 'Text',
    description: 'A table with a header, JSON objects, or plain text.',
    default: '',
    when: { source: ['pasted'] },
  }),
  schema: schemaOf({
    title: 'What the file holds',
    description: 'Read from the file when it is chosen.',
    file: 'file',
    advanced: true,
  }),
  columns: columnSettings({
    title: 'Columns',
    description: 'Other kinds and roles than those that were inferred, and columns that are left out.',
    file: 'file',
  }),
  rows: choice(['paragraphs', 'lines', 'whole'], {
    title: 'Rows of a text',
    description: 'How plain text becomes rows: a row for each paragraph, for each line, or one for all.',
    default: 'paragraphs',
    labels: { paragraphs: 'Paragraphs', lines: 'Lines', whole: 'The whole text' },
  }),
});
type Params = z.infer<typeof params>;

export default defineStep({
  id: 'data/upload',
  version: 1,
  title: 'Upload',
  keywords: ['csv', 'tsv', 'json', 'jsonl', 'file', 'import', 'table', 'text file', 'own data', 'paste'],
  inputs: {},
  outputs: { dataset: dataset('The rows, with a kind and a role for each column.') },
  params,
  types(_, chosen, check) {
    const schema = schemaOfSource(chosen, (code, message, param, hint) => check.fail(code, message, { param, hint }));
    const known = schema.columns.map(({ name }) => name);
    for (const { name } of chosen.columns)
      if (!known.includes(name))
        check.warn(
          'upload/unknown-column',
          `Upload has settings for a column ${name}, the file has ${known.join(', ')}.`,
          {
            param: 'columns',
            hint: 'Take the settings away.',
          },
        );
    const columns = columnsOf(schema, chosen.columns, (name) => check.symbol(name));
    if (columns.length === 0)
      return check.fail('upload/no-columns', 'Upload needs at least one column, all are left out.', {
        param: 'columns',
        hint: 'Keep one.',
      });
    return { dataset: { kind: 'dataset', columns, ...(schema.rows > 0 && { rows: schema.rows }) } };
  },
  async run(_, chosen, { files }) {
    const schema = schemaOfSource(chosen, (code, message, _param, hint) => fail(code, message, { hint }));
    const [bytes, name] =
      chosen.source === 'pasted'
        ? [utf8ToBytes(chosen.pasted), PASTED]
        : [await files.read(chosen.file!), chosen.file!.name];
    return { dataset: readRows(bytes, name, { schema, settings: chosen.columns, rows: chosen.rows }) };
  },
  docs: {
    summary: 'Rows from your own file: a table, JSON objects or plain text.',
    notes: [
      'Columns get a kind when the file is chosen: numbers where every cell is one, categories where few values repeat (at most 100), else text.',
      'A column named target, label, class or y becomes the target, one named id the id; all others are features. Both can be changed.',
      'Blank cells, NA, N/A, NaN, null, None and ? count as missing in columns of numbers and categories.',
    ].join(' '),
    sources: [
      { title: 'RFC 4180, Comma-Separated Values (2005)', url: 'https://www.rfc-editor.org/rfc/rfc4180' },
      { title: 'JSON Lines', url: 'https://jsonlines.org' },
    ],
  },
  example: {
    nodes: {
      upload: {
        type: 'data/upload',
        params: {
          source: 'pasted',
          pasted: 'name,legs,kind\nLaika,4,dog\nTux,2,penguin\nGarfield,4,cat\n',
          columns: [{ name: 'kind', kind: 'category', role: 'target' }],
        },
      },
    },
    edges: [],
  },
});

type Complain = (code: string, message: string, param: string, hint: string) => never;

/** The schema of what was chosen; the problem where it is not known. */
function schemaOfSource({ source, file: chosen, pasted, schema }: Params, complain: Complain): FileSchema {
  if (source === 'pasted') {
    if (pasted.trim() === '')
      return complain('upload/no-text', 'Upload needs a text, none is pasted.', 'pasted', 'Paste a table or a text.');
    try {
      return inferSchema(utf8ToBytes(pasted), PASTED);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { code, message, hint = '' } = error.problem;
      return complain(code, message, 'pasted', hint);
    }
  }
  if (!chosen)
    return complain(
      'upload/no-file',
      'Upload needs a file, none is chosen.',
      'file',
      'Choose a CSV, JSON or text file.',
    );
  if (schema?.of !== chosen.sha256)
    return complain(
      'upload/not-read',
      `Upload has not read ${chosen.name} yet, so its columns are not known.`,
      'file',
      'Choose the file again.',
    );
  return schema;
}
