import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)));

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const withoutCode = (text: string): string => text.replaceAll(/```[\s\S]*?```/g, '');

describe.each(pages)('%s', (page) => {
  const text = withoutCode(textOf(page));

  test('links lead to files and headings that are there', () => {
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const [path, anchor] = target!.split('#') as [string, string?];
      const file = path === '' ? page : join(dirname(page), path);
      expect([target, existsSync(join(root, file))]).toEqual([target, true]);
      if (anchor === undefined) continue;
      const anchors = [...withoutCode(textOf(file)).matchAll(/^#+\s+(.*)$/gm)].map(([, heading]) => anchorOf(heading!));
      expect(anchors).toContain(anchor);
    }
  });

  test('files that are named in code are there', () => {
    // only paths in the repository: they begin with one of its folders
    const named = [
      ...text.matchAll(
        /`((?:app|cli|compiler|db|docs|fixtures|graph|ir|lib|nodes|runtime|scripts|server|templates|bench|e2e)\/[\w./-]*)`/g,
      ),
    ];
    // docs/problems.md names problems by their codes, which look like paths: graph/cycle
    for (const [, path] of page === 'docs/problems.md' ? [] : named) {
      const wanted = path!.replace(/\/$/, '');
      expect([path, existsSync(join(root, wanted))]).toEqual([path, true]);
    }
  });

  test('commands that it names are there', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    for (const [, name] of textOf(page).matchAll(/npm run ([a-z][\w:-]*)/g))
      expect(Object.keys(scripts)).toContain(name);
    const cli = textOf('cli/main.ts');
    for (const [, name] of textOf(page).matchAll(/npm exec --no -- patchbay ([a-z][a-z-]*)/g))
      expect(cli).toMatch(new RegExp(`(^|\\s)'?${name}'?: \\{`, 'm'));
  });
});

test('every variable that the program reads stands in the runbook, and no other', () => {
  const files = execFileSync(
    'git',
    [
      'grep',
      '-hoE',
      'PATCHBAY_[A-Z_]+',
      '--',
      'cli',
      'db',
      'server',
      'runtime',
      'scripts',
      ':!*.test.ts',
      ':!*/testing/*',
    ],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  // set by one of our processes for another, or by tests
  const inner = ['PATCHBAY_ADDRESS', 'PATCHBAY_LONG', 'PATCHBAY_CHROMIUM'];
  const read = new Set(files.split('\n').filter((name) => name && !inner.includes(name)));
  const told = new Set([...textOf('docs/runbook.md').matchAll(/PATCHBAY_[A-Z_]+/g)].map(([name]) => name));
  expect([...told].sort()).toEqual([...read].sort());
});
