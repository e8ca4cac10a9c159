import { expect, type Locator, type Page } from '@playwright/test';

/** The editor as a person with a mouse meets it. */
export class Editor {
  readonly page: Page;
  readonly canvas: Locator;
  constructor(page: Page) {
    this.page = page;
    this.canvas = page.getByRole('region', { name: 'Canvas' });
  }

  /** A new graph, made on the home page. */
  static async create(page: Page): Promise<Editor> {
    await page.goto('/');
    await page.getByRole('button', { name: 'New graph' }).click();
    const editor = new Editor(page);
    await editor.isOpen();
    return editor;
  }

  static async open(page: Page, path: string): Promise<Editor> {
    await page.goto(path);
    const editor = new Editor(page);
    await editor.isOpen();
    return editor;
  }

  async isOpen(): Promise<void> {
    await this.page.waitForURL(/\/g\/|\/s\//);
    await expect(this.canvas).toBeVisible({ timeout: 30_000 });
  }

  get graph(): string {
    return new URL(this.page.url()).pathname.split('/').at(-1)!;
  }

  node(title: string): Locator {
    return this.canvas.locator('.react-flow__node', {
      has: this.page.locator('.node-header').getByText(title, { exact: true }),
    });
  }
  port(title: string, side: 'input' | 'output', name: string): Locator {
    return this.canvas.getByRole('button', { name: `${title} ${side} ${name}`, exact: true });
  }
  get nodes(): Locator {
    return this.canvas.locator('.react-flow__node');
  }
  get wires(): Locator {
    return this.canvas.locator('.react-flow__edge');
  }

  /** Drags a node type out of the palette and lets it go at a place of the canvas. */
  async drop(type: string, at: { readonly x: number; readonly y: number }): Promise<void> {
    const count = await this.nodes.count();
    await this.page
      .getByLabel('Nodes and outline')
      .locator(`[data-type="${type}"]`)
      .dragTo(this.canvas, { targetPosition: at });
    await expect(this.nodes).toHaveCount(count + 1);
  }

  /** Drags a wire with the mouse. Ports are `Title.port`. */
  async wire(from: string, to: string): Promise<void> {
    await this.#drag(this.port(...split(from, 'output')), this.port(...split(to, 'input')));
  }
  /** Drags a wire that is expected to hold. */
  async connect(from: string, to: string): Promise<void> {
    const count = await this.wires.count();
    await this.wire(from, to);
    await expect(this.wires, `${from} → ${to}`).toHaveCount(count + 1);
  }
  async #drag(from: Locator, to: Locator): Promise<void> {
    const [a, b] = [await middleOf(from), await middleOf(to)];
    const { mouse } = this.page;
    await mouse.move(a.x, a.y);
    await mouse.down();
    await mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2, { steps: 4 });
    await mouse.move(b.x, b.y, { steps: 4 });
    await mouse.up();
  }

  async select(title: string): Promise<void> {
    await this.node(title).locator('.node-header').click();
    await expect(this.inspector.getByLabel('Name of this node')).toBeVisible();
  }
  get inspector(): Locator {
    return this.page.getByRole('complementary', { name: 'Inspector' });
  }
  /** Types params of a node into the inspector. */
  async set(title: string, params: Readonly<Record<string, string>>): Promise<void> {
    await this.select(title);
    for (const [name, value] of Object.entries(params)) {
      const field = this.inspector.getByLabel(name, { exact: true });
      if ((await field.evaluate(({ tagName }) => tagName)) === 'SELECT') await field.selectOption(value);
      else await field.fill(value);
    }
  }

  async saved(): Promise<void> {
    await expect(this.page.locator('[data-save="saved"]')).toBeVisible();
  }

  async runWhere(where: 'In this page' | 'On the server', backend?: 'WebGPU' | 'WebAssembly'): Promise<void> {
    const { page } = this;
    const choose = async (option: string): Promise<void> => {
      await page.getByRole('button', { name: 'Where it runs' }).click();
      await page.getByRole('menuitemradio', { name: new RegExp(`^${option}`) }).click();
      await expect(page.getByRole('menu')).toHaveCount(0);
    };
    await choose(where);
    if (backend) await choose(backend);
  }
  get runNote(): Locator {
    return this.page.getByTestId('run-note');
  }
  async run(): Promise<void> {
    await this.page.getByRole('button', { name: 'Run', exact: true }).click();
  }
  async finished(status = 'succeeded', timeout = 60_000): Promise<void> {
    await expect(this.runNote).toHaveAttribute('data-status', /succeeded|failed|cancelled/, { timeout });
    await expect(this.runNote).toHaveAttribute('data-status', status);
  }
  /** The loss that stands in a node, and the step at which it was. */
  async loss(title: string): Promise<{ loss: number; step: number }> {
    const name = (await this.node(title).getByRole('figure').getAttribute('aria-label')) ?? '';
    const [, loss, step] = /loss ([\d.,e-]+) at step (\d+)/.exec(name) ?? [];
    return { loss: Number(loss?.replace(',', '')), step: Number(step) };
  }
}

function split<S extends 'input' | 'output'>(place: string, side: S): [string, S, string] {
  const at = place.lastIndexOf('.');
  return [place.slice(0, at), side, place.slice(at + 1)];
}

async function middleOf(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error(`${locator} is not on the screen`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
