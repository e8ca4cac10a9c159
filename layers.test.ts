import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Pure folders, lowest first: each sees those before it. They compile without DOM and Node types. */
const pure = ['lib', 'ir', 'graph', 'nodes', 'compiler'] as const;

/**
 * The import law: what each folder may import from. Imports go down only. A folder that is missing here fails, so
 * nothing escapes by being new. `types` may be imported as types only.
 */
const law: Readonly<Record<string, { readonly sees: readonly string[]; readonly types?: readonly string[] }>> = {
  lib: { sees: [] },
  ir: { sees: ['lib'] },
  graph: { sees: ['lib', 'ir'] },
  nodes: { sees: ['lib', 'ir', 'graph'] },
  compiler: { sees: ['lib', 'ir', 'graph', 'nodes'] },
  runtime: { sees: pure },
  // the kit of the tests: nothing that ships may see it
  'runtime/testing': { sees: [...pure, 'runtime'] },
  db: { sees: ['lib', 'graph'] },
  // graphs to start from: data
  templates: { sees: ['graph'] },
  server: { sees: [...pure, 'runtime', 'db', 'templates'] },
  cli: { sees: [...pure, 'runtime', 'db', 'server', 'templates'] },
  app: { sees: [...pure, 'runtime', 'templates'], types: ['server'] },
  // programs for people who work on Patchbay: they see everything, nothing sees them
  scripts: { sees: ['*'] },
  bench: { sees: ['*'] },
  docs: { sees: ['*'] },
  fixtures: { sees: ['*'] },
  e2e: { sees: ['*'] },
  // next.config.ts, instrumentation.ts and the like
  '.': { sees: ['*'] },
};

/** What Next runs on the server only: these files of app may call server/ and db/. */
const runsOnServer = (file: string, source: string): boolean =>
  /(^|\/)(route\.ts|(page|layout|template|not-found|sitemap|robots|opengraph-image)\.tsx?)$/.test(file) &&
  !/^\s*['"]use client['"]/.test(source);

const folderOf = (file: string): string => {
  if (file.startsWith('runtime/testing/')) return 'runtime/testing';
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '.';
};

interface Import {
  readonly to: string;
  readonly onlyTypes: boolean;
}

/** Every relative import of a file: static and dynamic ones, re-exports, type imports, workers. */
function importsOf(file: string, source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  const found: Import[] = [];
  const add = (path: string, onlyTypes: boolean) => found.push({ to: join(dirname(file), path), onlyTypes });
  for (const [, names, path] of code.matchAll(
    /\b(?:import|export)\b\s*(type\b[^'"]*?|[^'"();]*?)\bfrom\s*['"](\.[^'"]+)['"]/g,
  )) {
    const inner = /^\{([^}]*)\}\s*$/.exec(names!.trim())?.[1];
    const each = inner
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    add(path!, /^type\b/.test(names!.trim()) || (each?.every((name) => /^type\s/.test(name)) ?? false));
  }
  for (const [, path] of code.matchAll(/\bimport\s*['"](\.[^'"]+)['"]/g)) add(path!, false);
  for (const [, path] of code.matchAll(/\bimport\(\s*['"](\.[^'"]+)['"]/g)) add(path!, false);
  for (const [, path] of code.matchAll(/\bnew URL\(\s*['"](\.[^'"]+\.[jt]sx?)['"]/g)) add(path!, false);
  return found;
}

/** The imports of a file that the law forbids, as sentences. */
function violations(file: string, source: string): string[] {
  const from = folderOf(file);
  const rule = law[from];
  if (!rule) return [`${from}/ is not in the table of layers.test.ts.`];
  return importsOf(file, source).flatMap(({ to, onlyTypes }) => {
    const target = folderOf(to);
    if (/\.test\.tsx?$/.test(to)) return [`${file} imports a test, ${to}.`];
    if (target === from || rule.sees.includes('*') || rule.sees.includes(target)) return [];
    if (onlyTypes && rule.types?.includes(target)) return [];
    if (from === 'app' && ['server', 'db'].includes(target) && runsOnServer(file, source)) return [];
    return [`${file} imports ${to}; ${from}/ may import ${rule.sees.join(', ') || 'nothing'}.`];
  });
}

const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mts'],
  {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => file !== '' && !file.endsWith('.d.ts'));
const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);

test('every file imports only what its layer may', () => {
  expect(files.length).toBeGreaterThan(50);
  const sources = files.flatMap((file) => {
    try {
      return [[file, readFileSync(join(import.meta.dirname, file), 'utf8')] as const];
    } catch {
      return []; // listed by git, taken away since
    }
  });
  // tests do not ship, so they may look anywhere; the folder that they lie in has to be known all the same
  expect(sources.flatMap(([file, source]) => (isTest(file) ? [] : violations(file, source)))).toEqual([]);
  expect([...new Set(files.map(folderOf))].filter((folder) => !law[folder])).toEqual([]);
});

test('the law has no cycle', () => {
  const height = (folder: string, path: readonly string[] = []): number => {
    expect(path, [...path, folder].join(' → ')).not.toContain(folder);
    const lower = law[folder]!.sees.filter((each) => each !== '*');
    return Math.max(0, ...lower.map((each) => height(each, [...path, folder]) + 1));
  };
  expect(Object.keys(law).map((folder) => height(folder))).toContain(6);
});

describe('the law bites', () => {
  const cases: [what: string, file: string, source: string, forbidden: boolean][] = [
    ['an import upwards', 'ir/size.ts', `import { lookup } from '../nodes/catalogue.ts';`, true],
    ['an import downwards', 'nodes/kit/x.ts', `import { fail } from '../../lib/problem.ts';`, false],
    ['a type import upwards', 'ir/size.ts', `import type { Plan } from '../graph/plan.ts';`, true],
    ['a dynamic import upwards', 'graph/edit.ts', `const x = await import('../compiler/check.ts');`, true],
    ['a re-export upwards', 'lib/x.ts', `export { symbol } from '../ir/size.ts';`, true],
    ['an import over several lines', 'db/x.ts', `import {\n  a,\n  type B,\n} from '../nodes/catalogue.ts';`, true],
    ['a comment', 'lib/x.ts', `// import { a } from '../ir/size.ts';\nexport const x = 1;`, false],
    ['a folder that is not in the table', 'helpers/x.ts', '', true],
    ['the kit of the tests in what ships', 'runtime/execute.ts', `import { a } from './testing/check-node.ts';`, true],
    ['a test imported by what ships', 'lib/x.ts', `import { a } from './hash.test.ts';`, true],
    ['types of the server in a component', 'app/x.tsx', `import type { Router } from '../server/router.ts';`, false],
    ['types among values', 'app/x.tsx', `import { type Router, make } from '../server/router.ts';`, true],
    ['inline types alone', 'app/x.tsx', `import { type Router } from '../server/router.ts';`, false],
    ['the server in a component', 'app/x.tsx', `import { make } from '../server/router.ts';`, true],
    ['the server in a route handler', 'app/api/route.ts', `import { make } from '../../server/router.ts';`, false],
    ['the server in a page', 'app/page.tsx', `import { make } from '../server/router.ts';`, false],
    ['the server in a client page', 'app/page.tsx', `'use client';\nimport { a } from '../server/router.ts';`, true],
    ['a worker by address', 'nodes/x.ts', `new Worker(new URL('../runtime/browser/w.ts', import.meta.url));`, true],
  ];
  test.each(cases)('%s', (_, file, source, forbidden) => {
    expect(violations(file, source).length > 0).toBe(forbidden);
  });
});
