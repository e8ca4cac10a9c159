import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { build } from 'vite';
import playwright from '../playwright.config.ts';
import type { PageBench } from './browser/page.ts';
import { type Case, interleaved, type SuiteOptions } from './measure.ts';

const root = join(import.meta.dirname, '..');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** The page with its libraries in a folder of its own. */
async function buildPage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
  await build({
    root: join(root, 'bench', 'browser'),
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: { outDir: folder, emptyOutDir: true, target: 'esnext', minify: false },
  });
  const dist = join(root, 'node_modules', 'onnxruntime-web', 'dist');
  for (const [place, name] of [
    ['ort', 'ort-wasm-simd-threaded'],
    ['ort-webgpu', 'ort-wasm-simd-threaded.asyncify'],
  ] as const)
    for (const end of ['mjs', 'wasm']) cpSync(join(dist, `${name}.${end}`), join(folder, place, `${name}.${end}`));
  return folder;
}

/** Serves it as Patchbay serves its own pages: cross-origin isolated, so that WebAssembly gets threads. */
function serve(folder: string): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = join(folder, path === '/' ? 'index.html' : path);
    if (!file.startsWith(folder) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    response.end(readFileSync(file));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, address: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/` });
    });
  });
}

const megabytes = (bytes: number): string =>
  bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

async function openPage(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(600_000);
  await page.goto(address);
  await page.waitForFunction(() => document.title === 'ready');
  return page;
}
const inPage = <T>(page: Page, call: string): Promise<T> => page.evaluate<T>(call);

/**
 * A training step in a page. WebGPU by dispatches and bytes, which do not depend on the device (here it may be one in
 * software, whose times say nothing); WebAssembly by time, turn by turn in one page.
 */
export async function browserCases({ only, rounds, say }: SuiteOptions): Promise<Case[]> {
  const folder = await buildPage();
  const { server, address } = await serve(folder);
  const browser = await chromium.launch(playwright.use?.launchOptions);
  const cases: Case[] = [];
  const wants = (name: string): boolean => !only || name.toLowerCase().includes(only.toLowerCase());
  const add = (each: Case): void => {
    say(`${each.name}: ${each.note ?? `${each.oursMs} ms, ${each.peer} ${each.peerMs} ms, ratio ${each.ratio}`}`);
    cases.push(each);
  };
  try {
    if (wants('WebAssembly step, GPT S')) {
      const page = await openPage(browser, address);
      const title = await inPage<string>(page, `bench.wasm('ours', 'S')`);
      const peer = await inPage<string>(page, `bench.wasm('jax-js', 'S')`).catch((error: unknown) => {
        say(`jax-js on WebAssembly is left out: ${error}`);
        return undefined;
      });
      const times = (who: string) => () => inPage<number[]>(page, `bench.time('${who}', 5)`);
      const result = await interleaved(
        {
          name: `WebAssembly step, GPT S (${title})`,
          threads: Number(/(\d+) thread/.exec(title)?.[1] ?? 1),
          peer: peer ?? 'none',
        },
        { ours: times('ours'), ...(peer && { theirs: times('jax-js') }) },
        rounds,
      );
      await page.close();
      add(result);
    }
    for (const size of ['S', 'M'] as const)
      for (const who of ['ours', 'ort', 'jax-js', 'tfjs'] as const) {
        const name = `WebGPU step, GPT ${size}, ${who}`;
        // larger sizes take minutes where the device is in software: only where they are asked for
        if (!wants(name) || (size !== 'S' && !only)) continue;
        const page = await openPage(browser, address);
        type Found = Awaited<ReturnType<PageBench['webgpu']>>;
        const found = await inPage<Found>(page, `bench.webgpu('${who}', '${size}')`).catch(
          (error: Error) => error.message.split('\n')[0]!,
        );
        await page.close();
        const note =
          typeof found === 'string'
            ? `did not run: ${found}`
            : `${found.dispatches} dispatches; ${
                found.planned === undefined
                  ? `buffers of ${megabytes(found.bound)} bound`
                  : `values of ${megabytes(found.planned)} read and written`
              }; ${megabytes(found.up)} up, ${megabytes(found.down)} down; time not measured`;
        add({ name, threads: 1, oursMs: null, peer: 'none', peerMs: null, ratio: null, n: 1, note });
      }
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return cases;
}
