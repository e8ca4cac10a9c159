// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { graphOf, mount, unmount } from '../testing.tsx';
import { Inspector } from './inspector.tsx';

afterEach(unmount);

const iris = graphOf(
  {
    data: { type: 'data/dataset', params: { dataset: 'iris' } },
    input: { type: 'network/input', params: { column: 'petal length' } },
    head: { type: 'network/linear', params: { name: 'head' } },
    network: { type: 'network/network', params: { task: 'classification' } },
    objective: { type: 'training/objective' },
    optimizer: { type: 'training/optimizer', params: { method: 'sgd' } },
    train: { type: 'training/train' },
    generate: { type: 'generation/generate' },
    upload: { type: 'data/upload' },
  },
  [
    ['data.dataset', 'input.dataset'],
    ['input.y', 'head.x'],
    ['head.y', 'network.x'],
    ['network.model', 'train.model'],
    ['data.dataset', 'train.dataset'],
    ['objective.objective', 'train.objective'],
    ['optimizer.optimizer', 'train.optimizer'],
  ],
);

const show = (id: string, options = {}) => {
  const mounted = mount(iris, <Inspector />, options);
  mounted.session.select([id]);
  return mounted;
};
const param = (mounted: ReturnType<typeof mount>, id: string, name: string) =>
  mounted.session.document.nodes[id]!.params[name];
const described = (control: HTMLElement): string =>
  (control.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent ?? '')
    .join(' ');

describe('the form of a node', () => {
  test('a number that is typed is one step of undo, and its last right value counts', async () => {
    const mounted = show('train');
    const steps = await screen.findByRole('textbox', { name: 'Steps' });
    for (const value of ['4', '40', '400']) fireEvent.change(steps, { target: { value } });
    expect(param(mounted, 'train', 'steps')).toBe(400);
    fireEvent.change(steps, { target: { value: '400x' } });
    expect(param(mounted, 'train', 'steps')).toBe(400);
    expect((steps as HTMLInputElement).value).toBe('400x');
    expect(steps.getAttribute('aria-invalid')).toBe('true');
    expect(described(steps)).toContain('This is not a number.');
    mounted.session.undo();
    expect(param(mounted, 'train', 'steps')).toBeUndefined();
  });

  test('arithmetic is worked out when it is whole', async () => {
    const mounted = show('train');
    const steps = (await screen.findByRole('textbox', { name: 'Steps' })) as HTMLInputElement;
    fireEvent.change(steps, { target: { value: '4*32' } });
    expect(param(mounted, 'train', 'steps')).toBeUndefined();
    expect(steps.parentElement?.textContent).toContain('= 128');
    fireEvent.keyDown(steps, { key: 'Enter' });
    expect(param(mounted, 'train', 'steps')).toBe(128);
    expect(steps.value).toBe('128');
    fireEvent.change(steps, { target: { value: '4*' } });
    expect(steps.getAttribute('aria-invalid')).not.toBe('true');
    fireEvent.blur(steps);
    expect(described(steps)).toContain('A number is missing after 4*.');
    expect(param(mounted, 'train', 'steps')).toBe(128);
  });

  test('a number is set back to its default', async () => {
    const mounted = show('train');
    fireEvent.change(await screen.findByRole('textbox', { name: 'Batch' }), { target: { value: '8' } });
    fireEvent.click(screen.getByRole('button', { name: 'Set Batch back to its default' }));
    expect(param(mounted, 'train', 'batch')).toBeUndefined();
    expect((screen.getByRole('textbox', { name: 'Batch' }) as HTMLInputElement).value).toBe('16');
  });

  test('a choice shows and hides what depends on it', async () => {
    const mounted = show('optimizer');
    expect(await screen.findByRole('textbox', { name: 'Momentum' })).toBeTruthy();
    fireEvent.change(screen.getByRole('combobox', { name: 'Method' }), { target: { value: 'adamw' } });
    expect(param(mounted, 'optimizer', 'method')).toBe('adamw');
    expect(screen.queryByRole('textbox', { name: 'Momentum' })).toBeNull();
  });

  test('a switch', async () => {
    const mounted = show('optimizer');
    fireEvent.click(await screen.findByRole('switch', { name: 'Nesterov' }));
    expect(param(mounted, 'optimizer', 'nesterov')).toBe(true);
  });

  test('a column is chosen among those of the data set that arrives', async () => {
    const mounted = show('input');
    const column = await screen.findByRole('combobox', { name: 'Column' });
    await waitFor(() => expect(column.textContent).toContain('petal width'));
    fireEvent.change(column, { target: { value: 'petal width' } });
    expect(param(mounted, 'input', 'column')).toBe('petal width');
  });

  test('an objective is offered the columns of the data set that its training gets', async () => {
    show('objective');
    const column = await screen.findByRole('combobox', { name: 'Target' });
    await waitFor(() => expect(column.textContent).toContain('Automatic: species'));
  });

  test('a blank that is solved is shown as solved, and a number overrides it', async () => {
    const mounted = show('head');
    const units = await screen.findByRole('textbox', { name: 'Units' });
    await waitFor(() => expect(units.getAttribute('placeholder')).toBe('solved: 3'));
    fireEvent.change(units, { target: { value: '5' } });
    expect(param(mounted, 'head', 'units')).toBe(5);
    await waitFor(() => expect(screen.queryByText(/Solved from the wires/)).toBeNull());
    fireEvent.change(units, { target: { value: '' } });
    expect(param(mounted, 'head', 'units')).toBeNull();
  });

  test('several lines', async () => {
    const mounted = show('generate');
    fireEvent.change(await screen.findByRole('textbox', { name: 'Prompt' }), { target: { value: 'a\nb' } });
    expect(param(mounted, 'generate', 'prompt')).toBe('a\nb');
  });

  test('what is seldom changed is folded away, and opens where something in it is wrong', async () => {
    const mounted = show('train');
    await screen.findByRole('textbox', { name: 'Steps' });
    expect(screen.queryByRole('textbox', { name: 'Patience' })).toBeNull();
    mounted.session.do({ label: 'Set', edits: [{ path: ['nodes', 'train', 'params', 'patience'], value: -4 }] });
    const patience = await screen.findByRole('textbox', { name: 'Patience' });
    expect(described(patience)).toMatch(/Patience of Train does not fit/);
  });

  test('a data set tells its licence, size and columns', async () => {
    show('data');
    expect(await screen.findByText(/CC BY 4.0/)).toBeTruthy();
    expect(screen.getAllByText('sepal length').length).toBeGreaterThan(0);
  });

  test('a file that is missing is a problem below its field', async () => {
    show('upload');
    await waitFor(() => expect(screen.getByText(/Upload needs a file, none is chosen/)).toBeTruthy());
    expect(screen.getByRole('button', { name: 'Choose' })).toBeTruthy();
  });

  test('behind a share link nothing can be changed', async () => {
    show('train', { readOnly: true });
    expect((await screen.findByRole<HTMLInputElement>('textbox', { name: 'Steps' })).disabled).toBe(true);
  });
});

test('a node is renamed, and without a name it has its type’s', async () => {
  const mounted = show('train');
  const name = await screen.findByRole('textbox', { name: 'Name of this node' });
  fireEvent.change(name, { target: { value: 'Teach' } });
  expect(mounted.session.document.nodes.train!.title).toBe('Teach');
  fireEvent.change(name, { target: { value: '' } });
  expect(mounted.session.document.nodes.train!.title).toBeUndefined();
});

test('with nothing selected: the graph, its totals, its problems', async () => {
  mount(iris, <Inspector />);
  expect(await screen.findByText(/problems?$/)).toBeTruthy();
  expect(screen.getByRole('textbox', { name: 'Seed' })).toBeTruthy();
});
