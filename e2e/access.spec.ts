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

test('where less motion is asked for nothing moves, and no page is wider than a small screen', async ({
  page,
  app,
}) => {
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
