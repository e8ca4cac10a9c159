import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Editor } from './editor.ts';
import { Api, expect, listen, test } from './test.ts';
import { tinyGpt } from './tiny-gpt.ts';

/** Another site, with one page. */
async function site(html: string): Promise<{ address: string; close(): void }> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return { address: `http://localhost:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

test("a blog shows a shared graph and runs it in the reader's tab, without cookies", { tag: '@long' }, async ({
  browser,
  page,
  app,
}) => {
  test.setTimeout(240_000);
  const api = new Api(page.context(), app);
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', { document: tinyGpt(8) });
  const { token } = await api.mutate<{ token: string }>('links.create', { graph: id, role: 'run' });

  const context = await browser.newContext();
  const blog = await context.newPage();
  const errors = listen(blog);
  const frame = (path: string): string => `<iframe src="${app.address}${path}" width="900" height="500"></iframe>`;
  const one = await site(`<h1>A blog</h1>${frame(`/embed/${token}`)}`);
  await blog.goto(one.address);
  const inside = blog.frameLocator('iframe');
  await expect(inside.getByRole('heading', { name: 'Tiny GPT' })).toBeVisible({ timeout: 30_000 });
  await expect(inside.locator('.react-flow__node').first()).toBeVisible();
  await inside.getByRole('button', { name: 'Run here' }).click();
  await expect(inside.getByRole('button', { name: 'Stop' })).toBeVisible();
  // a GPU in software takes its time
  await expect(inside.getByRole('button', { name: 'Run here' })).toBeVisible({ timeout: 180_000 });
  // from afar nodes show their titles only
  await inside.getByRole('button', { name: 'Zoom in' }).click();
  await inside.getByRole('button', { name: 'Zoom in' }).click();
  await expect(inside.getByRole('figure', { name: /loss .* at step 8/ })).toBeAttached();
  expect(await context.cookies()).toEqual([]);
  expect(errors).toEqual([]);

  // no other page lets itself be framed
  const other = await context.newPage();
  const two = await site(frame(`/s/${token}`));
  await other.goto(two.address);
  await other.waitForTimeout(1_500);
  await expect(other.frameLocator('iframe').getByText('Shared with you by link')).toHaveCount(0);
  one.close();
  two.close();
  await context.close();
});

test('pages are isolated, and load no script that is not ours', async ({ page, app }) => {
  const errors = listen(page);
  const response = (await page.goto('/'))!;
  const policy = response.headers()['content-security-policy']!;
  expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'nonce-[^']+';/);
  expect(policy).toContain("frame-ancestors 'self'");
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const blocked = await page.evaluate(
    () =>
      new Promise<string>((done) => {
        document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => done(violatedDirective));
        const script = document.createElement('script');
        script.textContent = 'globalThis.harmed = true';
        document.body.append(script);
        setTimeout(() => done('nothing'), 2_000);
      }),
  );
  expect(blocked).toMatch(/^script-src/);
  expect(errors.filter((error) => !error.includes('Content Security Policy'))).toEqual([]);

  const api = new Api(page.context(), app);
  const { id } = await api.mutate<{ id: string }>('graphs.create', { template: 'small-gpt' });
  const { url } = await api.mutate<{ url: string }>('links.create', { graph: id, role: 'view' });
  const shared = await page.request.get(url);
  expect(shared.headers()).toMatchObject({
    'x-robots-tag': 'noindex, nofollow',
    'referrer-policy': 'no-referrer',
    'cache-control': expect.stringContaining('no-store'),
  });
});

test('a graph travels in an address, as a file and in a picture', { tag: '@long' }, async ({ page, browser, app }) => {
  const editor = await Editor.create(page);
  await editor.drop('data/dataset', { x: 300, y: 200 });
  await editor.drop('text/tokenizer', { x: 700, y: 200 });
  await editor.connect('Data set.dataset', 'Tokenizer.dataset');
  await editor.saved();

  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByText('Without the server').click();
  const address = await page.getByRole('textbox', { name: 'Address with the graph' }).inputValue();
  await page.keyboard.press('Escape');
  const context = await browser.newContext();
  const reader = await context.newPage();
  await reader.goto(address);
  await expect(reader.getByRole('dialog')).toContainText('This address carries a graph of 2 nodes');
  await reader.getByRole('button', { name: 'Open a copy' }).click();
  const copy = new Editor(reader);
  await copy.isOpen();
  await expect(copy.nodes).toHaveCount(2);
  await expect(copy.wires).toHaveCount(1);
  await context.close();

  await page.getByRole('button', { name: 'More', exact: true }).click();
  const [picture] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Save as a picture' }).click(),
  ]);
  expect(picture.suggestedFilename()).toMatch(/\.png$/);
  const path = await picture.path();
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Your graphs' })).toBeVisible();
  await page.locator('input[type=file]').setInputFiles({
    name: 'graph.png',
    mimeType: 'image/png',
    buffer: readFileSync(path),
  });
  const again = new Editor(page);
  await again.isOpen();
  await expect(again.nodes).toHaveCount(2);
  await expect(again.wires).toHaveCount(1);
  expect(app.address).toBe(new URL(page.url()).origin);
});

test('an anonymous account becomes one with a password, and keeps its graphs on other devices', {
  tag: '@long',
}, async ({ browser, page }) => {
  await Editor.create(page);
  await page.goto('/');
  const email = `reader-${Date.now()}@example.org`;
  const sign = async (on: typeof page, item: string, action: string): Promise<void> => {
    await on.getByRole('button', { name: 'Account' }).click();
    await on.getByRole('menuitem', { name: item }).click();
    await on.getByLabel('E-mail').fill(email);
    await on.getByLabel('Password').fill('a few easy words');
    await on.getByRole('button', { name: action }).click();
    await expect(on.getByRole('dialog')).toHaveCount(0);
  };
  await sign(page, 'Create an account…', 'Create account');
  const rows = page.getByRole('list', { name: 'Your graphs', exact: true }).getByRole('listitem');
  await expect(rows).toHaveCount(1);
  await page.getByRole('button', { name: 'Account' }).click();
  await expect(page.getByText(email)).toBeVisible();
  await page.getByRole('menuitem', { name: 'Sign out…' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('Nothing here yet')).toBeVisible();

  const context = await browser.newContext();
  const other = await context.newPage();
  await Editor.create(other);
  await other.goto('/');
  await sign(other, 'Sign in…', 'Sign in');
  await expect(other.getByRole('list', { name: 'Your graphs', exact: true }).getByRole('listitem')).toHaveCount(2);
  await context.close();
});
