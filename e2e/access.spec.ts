import type { Locator, Page } from '@playwright/test';
import { Editor } from './editor.ts';
import { Api, expect, findings, test } from './test.ts';
import { tinyGpt } from './tiny-gpt.ts';

// in the dark, and behind a link, in the long run; the keyboard's journey looks at the editor each time
for (const theme of ['light', 'dark'] as const)
  test.describe(theme, theme === 'dark' ? { tag: '@long' } : {}, () => {
    test.use({ colorScheme: theme });

    test('home, with templates, graphs and dialogs', async ({ page }) => {
      await page.goto('/');
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      await page.getByRole('button', { name: 'New graph' }).click();
      await page.waitForURL(/\/g\//);
      await page.goto('/');
      await expect(page.getByRole('list', { name: 'Your graphs', exact: true })).toBeVisible();
      expect(await findings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Create an account…' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.waitForTimeout(300);
      expect(await findings(page)).toEqual([]);
    });

    test('editor, share dialog and the page behind a link', { tag: '@long' }, async ({ page, app }) => {
      test.setTimeout(300_000);
      const api = new Api(page.context(), app);
      await page.goto('/');
      const { id } = await api.mutate<{ id: string }>('graphs.create', { document: tinyGpt(5) });
      const editor = await Editor.open(page, `/g/${id}`);
      await editor.runWhere('On the server');
      await editor.run();
      await editor.finished();
      await editor.select('Train');
      await page.mouse.move(5, 5);
      expect(await findings(page)).toEqual([]);
      await page.getByRole('tab', { name: 'Outline' }).click();
      await page.getByRole('button', { name: 'Share', exact: true }).click();
      await page.getByRole('button', { name: 'Make a link' }).click();
      const field = page.getByRole('textbox', { name: 'Link', exact: true });
      await expect(field).toHaveValue(/\/s\//);
      await page.waitForTimeout(300);
      expect(await findings(page)).toEqual([]);
      const link = await field.inputValue();
      const shared = await Editor.open(page, link);
      await shared.finished();
      await page.mouse.move(5, 5);
      expect(await findings(page)).toEqual([]);
      await page.goto(link.replace('/s/', '/embed/'));
      await expect(page.getByRole('button', { name: 'Run here' })).toBeVisible();
      expect(await findings(page)).toEqual([]);
    });
  });

test('pages that are not there', async ({ page }) => {
  for (const path of ['/nowhere', '/s/AAAAAAAAAAAAAAAAAAAAAA', '/g/nothing']) {
    await page.goto(path);
    await expect(page.getByRole('main')).toContainText(/nothing|does not open|no such graph/i);
    expect(await findings(page)).toEqual([]);
  }
});

test('where less motion is asked for nothing moves, and no page is wider than a small screen', {
  tag: '@long',
}, async ({ page, app }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 390, height: 844 });
  const tooWide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  /** What takes longer than a moment, of all that is on the page. */
  const moving = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('*')].flatMap((element) => {
        const { animationName, animationDuration, transitionProperty, transitionDuration } = getComputedStyle(element);
        const lasts = (times: string) => times.split(',').some((time) => Number.parseFloat(time) > 0.001);
        return (animationName !== 'none' && lasts(animationDuration)) ||
          (transitionProperty !== 'none' && lasts(transitionDuration))
          ? [element.outerHTML.slice(0, 200)]
          : [];
      }),
    );
  await page.goto('/');
  await expect(page.getByRole('list', { name: 'Templates' })).toBeVisible();
  expect(await tooWide()).toBe(0);
  const api = new Api(page.context(), app);
  const { id } = await api.mutate<{ id: string }>('graphs.create', { template: 'sentiment' });
  const { url } = await api.mutate<{ url: string }>('links.create', { graph: id, role: 'run' });
  await Editor.open(page, `/g/${id}`);
  await expect(page.locator('#canvas[data-checked]')).toBeVisible();
  expect(await tooWide()).toBe(0);
  // as a page of 1,440 pixels at 200 %
  await page.setViewportSize({ width: 720, height: 450 });
  const [at, later] = await page.evaluate(async () => {
    const view = () => document.querySelector<HTMLElement>('.react-flow__viewport')!.style.transform;
    document.querySelector<HTMLElement>('[aria-label="Zoom in"]')!.click();
    const first = view();
    // an animation would be on its way: that there is none shows only after the time that it would take
    await new Promise((resolve) => setTimeout(resolve, 200));
    return [first, view()];
  });
  expect(later).toBe(at);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Versions…' }).click();
  await expect(page.getByRole('dialog', { name: 'History' })).toBeVisible();
  expect(await moving()).toEqual([]);
  expect(await tooWide()).toBe(0);
  for (const path of [url, url.replace('/s/', '/embed/')]) {
    await page.goto(path);
    await expect(page.locator('.react-flow__node').first()).toBeVisible();
    expect(await tooWide()).toBe(0);
  }
});

/** How many pixels of a region are much lighter or darker after something was done. */
async function changed(page: Page, where: Locator, act: () => Promise<unknown>): Promise<number> {
  const { x, y, width, height } = (await where.boundingBox())!;
  const clip = { x: x - 6, y: y - 6, width: width + 12, height: height + 12 };
  const before = await page.screenshot({ clip });
  await act();
  const after = await page.screenshot({ clip });
  return page.evaluate(
    async (pictures) => {
      const [one, two] = await Promise.all(
        pictures.map(async (text) => {
          const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
          const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
          const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d')!;
          context.drawImage(picture, 0, 0);
          const { data } = context.getImageData(0, 0, picture.width, picture.height);
          return Array.from(
            { length: data.length / 4 },
            (_, i) => 0.21 * data[4 * i]! + 0.72 * data[4 * i + 1]! + 0.07 * data[4 * i + 2]!,
          );
        }),
      );
      return one!.filter((light, i) => Math.abs(light - two![i]!) > 48).length;
    },
    [before, after].map((picture) => picture.toString('base64')),
  );
}

test('where the system enforces colours, what is selected, focused, wired, wrong or on is still seen', {
  tag: '@long',
}, async ({ page, app }) => {
  const api = new Api(page.context(), app);
  const layer = (type: string, x: number, y: number, params = {}) => ({
    type: `network/${type}`,
    version: 1,
    params: { name: type, ...params },
    position: { x, y },
  });
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'light' });
  await page.goto('/');
  const { id } = await api.mutate<{ id: string }>('graphs.create', {
    document: {
      ...tinyGpt(),
      name: 'Enforced colours',
      nodes: {
        ids: layer('input', 0, 0, { length: 8, vocabulary: 16 }),
        embedding: layer('embedding', 300, 0),
        linear: layer('linear', 600, 0, { units: 4 }),
        pool: layer('pool-sequence', 600, 320),
        drop: layer('dropout', 900, 320),
      },
      edges: {
        ids: { from: ['ids', 'y'], to: ['embedding', 'x'], via: [{ x: 256, y: 120 }] },
        right: { from: ['embedding', 'y'], to: ['linear', 'x'] },
        // a table of vectors is no sequence
        wrong: { from: ['embedding', 'table'], to: ['pool', 'x'] },
        named: { from: ['embedding', 'y'], to: ['drop', 'x'], name: 'vectors' },
      },
    },
  });
  const editor = await Editor.open(page, `/g/${id}`);
  await expect(page.locator('#canvas[data-checked]')).toBeVisible();
  const card = (node: string) => editor.canvas.locator(`[data-id="${node}"]`);
  const wire = editor.canvas.locator('.wire-line').first();
  const shown = (on: boolean) =>
    wire.evaluate((line, visible) => {
      line.setAttribute('visibility', visible ? 'visible' : 'hidden');
    }, on);

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ forcedColors: 'active', colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    await page.mouse.move(5, 5);
    await page.locator('#canvas').focus();

    // a wire stands out from the canvas
    expect(await changed(page, wire, () => shown(false))).toBeGreaterThan(60);
    await shown(true);
    // the port that something wrong is wired to has another shape than one that fits, not only another hue
    const shape = (node: string) =>
      card(node)
        .getByRole('button', { name: / input x$/ })
        .evaluate((port) => getComputedStyle(port).borderRadius);
    expect(await shape('pool')).not.toBe(await shape('linear'));
    await expect(card('pool')).toContainText(/problem/);

    // a node that is selected, from the outline, so that no pointer lies over it
    await page.keyboard.press('Alt+2');
    const row = page.getByRole('treeitem', { name: 'Linear', exact: true });
    const select = async () => {
      await row.focus();
      await page.keyboard.press('Enter');
      await expect(card('linear')).toHaveClass(/selected/);
    };
    await select();
    await page.keyboard.press('Escape');
    await expect(card('linear')).not.toHaveClass(/selected/);
    expect(await changed(page, card('linear'), select)).toBeGreaterThan(500);

    // a control that has the keyboard, and a switch that is on
    const bias = editor.inspector.getByRole('switch', { name: 'Bias' });
    await bias.focus();
    await page.keyboard.press('Space');
    expect(await changed(page, bias, () => page.keyboard.press('Tab'))).toBeGreaterThan(60);
    expect(await changed(page, bias, () => bias.evaluate((each: HTMLElement) => each.click()))).toBeGreaterThan(60);
    await expect(bias).toBeChecked();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');

    // tags of a wire: the piece of it that they hang from, the one that is pointed at with its other end, the keyboard
    const [there, here] = [card('embedding'), card('drop')].map((node) => node.locator('.wire-tag')) as [
      Locator,
      Locator,
    ];
    const style = await page.evaluateHandle(() => document.head.appendChild(document.createElement('style')));
    const without = () => style.evaluate((element) => element.append('.wire-tag::before { opacity: 0 }'));
    expect(await changed(page, here, without)).toBeGreaterThan(10);
    await style.evaluate((element) => element.remove());
    expect(await changed(page, there, () => here.hover())).toBeGreaterThan(60);
    await page.mouse.move(5, 5);
    expect(await changed(page, here, () => here.focus())).toBeGreaterThan(60);
    // what it leads along when it is selected
    const highlight = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('p'));
      probe.style.color = 'Highlight';
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    });
    await page.keyboard.press('Enter');
    await expect(editor.canvas.locator('.wire-light')).toHaveCSS('stroke', highlight);
    await page.locator('#canvas').focus();
    await page.keyboard.press('Escape');

    // a point of a wire with the keyboard
    const point = editor.canvas.getByRole('button', { name: /^Point 1 of 1 / });
    expect(await changed(page, point, () => point.focus())).toBeGreaterThan(30);

    // the menu of wires: what is shown has its line and a tick, and not the mark of where the keyboard is
    await page.getByRole('button', { name: 'Wires', exact: true }).focus();
    await page.keyboard.press('Enter');
    const choices = page.getByRole('menuitemcheckbox');
    const shownKind = choices.filter({ hasText: 'tensor' });
    await expect(shownKind).toBeVisible();
    const line = shownKind.locator('.bg-kind');
    const hide = () => line.evaluate((element) => element.style.setProperty('opacity', '0'));
    expect(await changed(page, line, hide)).toBeGreaterThan(20);
    expect(await changed(page, shownKind, () => page.keyboard.press('End'))).toBeGreaterThan(200);
    expect(await changed(page, shownKind, () => page.keyboard.press('Space'))).toBeGreaterThan(20);
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+1');
  }
});
