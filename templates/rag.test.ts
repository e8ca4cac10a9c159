import { expect, test } from 'vitest';
import { temporaryFolder } from '../runtime/testing/graphs.ts';
import { runTemplate } from '../runtime/testing/templates.ts';

const folder = temporaryFolder();

interface Rows {
  readonly columns: Readonly<Record<'id' | 'answer' | 'citations' | 'sources' | 'context', readonly string[]>>;
}

test('a reader of the graph answers from what was found, cites it, and says where it does not hold the answer', async () => {
  const run = await runTemplate('rag', { folder, print: ['answer.dataset'] });
  const metric = (name: string) => run.metric('answer', name);
  expect(metric('questions')).toBe(277);
  // what its card promises: better than quoting by shared words, and than either rule that looks at nothing
  expect(metric('accuracy')).toBeGreaterThan(0.64);
  expect(metric('accuracy')).toBeGreaterThan(run.metric('overlap', 'accuracy') + 0.05);
  expect(metric('accuracy')).toBeGreaterThan(metric('baseline.first-passage.accuracy') + 0.1);
  expect(metric('accuracy')).toBeGreaterThan(metric('baseline.always-refuse.accuracy') + 0.1);
  expect(metric('refusal.recall')).toBeGreaterThan(0.5);

  const [{ columns }] = run.printed as [Rows];
  let quoted = 0;
  columns.answer.forEach((answer, row) => {
    const cited = /^([\s\S]+) \[(\d)\]$/.exec(answer);
    if (!cited) {
      expect([answer, columns.citations[row]]).toEqual(['The passages do not say.', '']);
      return;
    }
    quoted++;
    // the quoted sentence stands in the passage that it cites, and the citation names that passage's document
    const [, sentence, number] = cited;
    const passage = columns.context[row]!.split(/\n\n(?=\[\d\] )/)[Number(number) - 1]!;
    expect(passage).toContain(sentence);
    expect(columns.sources[row]!.split('\n')[Number(number) - 1]).toBe(columns.citations[row]);
  });
  expect(quoted / 277).toBeCloseTo(metric('answered'), 10);
});
