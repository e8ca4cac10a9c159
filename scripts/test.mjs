// `npm test`: sets up what the checks need, runs them all, and says how many passed. Plain Node: it is what installs packages.
//   npm test                  every tier
//   npm test types lint unit  these tiers
//   npm run test:long         every tier, with larger counts and the templates that take minutes
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { browserAdvice, browserEnvironment, ensureBrowser } from './browser.mjs';
import { runGroup } from './process-group.mjs';
import { install, requireNode, root } from './setup.mjs';

const isLong = process.argv.includes('--long');
const wanted = process.argv.slice(2).filter((arg) => arg !== '--long');

/** A tier that takes three times its budget hangs, and is killed. A long run has longer for all that repeats more. */
const HANG = 3;
const LONG = 10;

/** Kept until the next run: scripts/coverage.ts reads them. */
const reports = join(root, 'node_modules', '.cache', 'patchbay');

const bin = (path, ...args) => [join(root, 'node_modules', path), ...args];
const vitest = (name, ...args) => ({
  commands: [
    bin(
      'vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report(name)}`,
      ...args,
    ),
  ],
  count: countVitest,
});
const report = (name) => join(reports, `${name}.json`);

/** In this order; `needs` are run before, asked for or not. Budgets are seconds on two cores. */
const tiers = {
  types: {
    budget: 60,
    commands: [
      bin('next/dist/bin/next', 'typegen'),
      bin('typescript/bin/tsc', '--noEmit'),
      bin('typescript/bin/tsc', '-p', 'tsconfig.pure.json'),
    ],
  },
  lint: { budget: 20, commands: [bin('@biomejs/biome/bin/biome', 'check', '.')] },
  catalogue: { budget: 20, commands: [bin('tsx/dist/cli.mjs', 'scripts/catalogue.ts', '--check')] },
  lockfile: { budget: 10, commands: [['scripts/lockfile.mjs', '--check']] },
  unit: { budget: 120, browser: 'helps', ...vitest('unit', '--project', 'unit') },
  compiler: { budget: 180, browser: 'helps', ...vitest('compiler', '--project', 'compiler') },
  build: { budget: 180, commands: [['scripts/setup.mjs', 'build']] },
  server: { budget: 240, ...vitest('server', '--config', 'vitest.server.config.ts') },
  e2e: {
    budget: 240,
    needs: ['build'],
    browser: 'needed',
    absent: () => !existsSync(join(root, 'playwright.config.ts')) && 'there is no playwright.config.ts yet',
    commands: [bin('@playwright/test/cli.js', 'test', '--reporter=line,json')],
    count: countPlaywright,
  },
  templates: { budget: 180, browser: 'helps', ...vitest('templates', '--project', 'templates') },
};

function readReport(name) {
  try {
    return JSON.parse(readFileSync(report(name), 'utf8'));
  } catch {
    return undefined;
  }
}

/** A file that could not even be loaded has no tests in the report, and is a failure all the same. */
function countVitest(name) {
  const found = readReport(name);
  if (!found) return { passed: 0, failed: 0, skipped: 0 };
  const broken = found.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: found.numPassedTests,
    failed: found.numFailedTests + broken.length,
    skipped: found.numPendingTests + found.numTodoTests,
  };
}

function countPlaywright(name) {
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = readReport(name)?.stats ?? {};
  // a test that passes at its second try has failed once
  return { passed: expected, failed: unexpected + flaky, skipped };
}

async function runTier(name, browser) {
  const { budget, commands, count, absent, browser: use } = tiers[name];
  const reason = absent?.();
  if (reason) return { name, passed: 0, failed: 0, skipped: 0, seconds: 0, note: `left out: ${reason}` };
  if (use === 'needed' && !browser)
    return { name, passed: 0, failed: 1, skipped: 0, seconds: 0, note: 'there is no Chromium' };
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 100 - name.length))}`);
  rmSync(report(name), { force: true });
  mkdirSync(reports, { recursive: true });
  const began = Date.now();
  const env = {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: '1',
    PLAYWRIGHT_JSON_OUTPUT_NAME: report(name),
    PLAYWRIGHT_HTML_OPEN: 'never',
    ...(isLong && { PATCHBAY_LONG: '1' }),
    ...(use && browser && browserEnvironment(browser)),
  };
  const notes = [];
  let status = 0;
  for (const [file, ...args] of commands) {
    const timeoutMs = budget * HANG * (isLong ? LONG : 1) * 1000 - (Date.now() - began);
    status = await runGroup(process.execPath, [file, ...args], { cwd: root, env, timeoutMs });
    if (status !== 0) break;
  }
  const seconds = (Date.now() - began) / 1000;
  let counts = count?.(name) ?? { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  if (status === 'hung') notes.push(`killed: it took longer than ${HANG} times its budget of ${budget} s`);
  else if (seconds > budget && !isLong) notes.push(`over its budget of ${budget} s`);
  if (status !== 0 && counts.failed === 0) {
    counts = { ...counts, failed: 1 };
    notes.push(`ended with status ${status}`);
  }
  if (counts.passed + counts.failed === 0) {
    counts = { ...counts, failed: 1 };
    notes.push('it ran nothing');
  }
  return { name, ...counts, seconds, note: notes.join('; ') };
}

function showTable(results) {
  const head = ['', 'passed', 'failed', 'left out', 'seconds', ''];
  const rows = results.map(({ name, passed, failed, skipped, seconds, note }) => [
    name,
    ...[passed, failed, skipped].map(String),
    seconds.toFixed(1),
    note,
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  const line = (row) =>
    row
      .map((cell, i) => (i === 0 || i === 5 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd();
  console.log(`\n${[head, ...rows].map(line).join('\n')}`);
}

requireNode();
process.chdir(root);
const unknown = wanted.filter((name) => !Object.hasOwn(tiers, name));
if (unknown.length > 0) {
  console.error(`There is no tier ${unknown.join(', ')}; there are ${Object.keys(tiers).join(', ')}.`);
  process.exit(2);
}
install();
const chosen = Object.keys(tiers).filter(
  (name) => wanted.length === 0 || wanted.includes(name) || wanted.some((other) => tiers[other].needs?.includes(name)),
);
const browser = chosen.some((name) => tiers[name].browser) ? ensureBrowser() : undefined;
if (!browser && chosen.some((name) => tiers[name].browser === 'needed')) console.error(browserAdvice);

const results = [];
for (const name of chosen) results.push(await runTier(name, browser));
showTable(results);
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
const failed = sum('failed');
process.exitCode = failed > 0 ? 1 : 0;
console.log(`${sum('passed')} passed, ${failed} failed`);
