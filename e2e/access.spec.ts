import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { Editor } from './editor.ts';
import { Api, expect, test } from './test.ts';
import { tinyGpt } from './tiny-gpt.ts';

/** Everything that axe finds in a page, as lines. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    // a tooltip belongs to the control that it tells of, wherever in the page it is drawn
    .disableRules(['region'])
    .analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

for (const theme of ['light', 'dark'] as const)
  test.describe(theme, () => {
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

    test('editor, share dialog and the page behind a link', async ({ page, app }) => {
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
