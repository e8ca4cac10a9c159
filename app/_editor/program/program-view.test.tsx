// @vitest-environment happy-dom
import { fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { checkDocument } from '../../../compiler/compile.ts';
import { type DatasetType, wireToJson } from '../../../graph/types.ts';
import { CALIBRATION, type Calibration, measuredWorks } from '../../../ir/roofline.ts';
import { recordOf } from '../../../lib/record.ts';
import train from '../../../nodes/training/train.ts';
import { documentOf } from '../../../runtime/testing/graphs.ts';
import { NodePanel } from '../inspector/node-panel.tsx';
import { mount, unmount } from '../testing.tsx';
import { ProgramsView } from './program-view.tsx';
import { type ProgramsAnswer, shownPrograms, timesOfNodes } from './shown-programs.ts';
import { type Device, deviceInWords, deviceOfServer } from './use-device.ts';
import { timeIn } from './use-times.ts';

afterEach(unmount);

const document = documentOf(train.example);
const page: Device = { where: 'page', measure: () => Promise.reject(new Error('not asked for')) };
let answer: Extract<ProgramsAnswer, { programs: unknown }>;
beforeAll(async () => {
  const found = await shownPrograms({ document, node: 'train', told: [] });
  if ('problem' in found) throw new Error(found.problem.message);
  answer = found;
});

const rates = [{ at: 1, perSecond: 1e9 }];
/** Two seconds a run, and next to nothing for what is computed. */
const calibration: Calibration = {
  version: CALIBRATION,
  rates: recordOf(measuredWorks, () => rates),
  operation: 0,
  run: 2,
  carried: 1e12,
};

test('the time of a graph or of a group is that of the nodes in it that compute', async () => {
  const times = await timesOfNodes({ document, told: [], calibration });
  // twenty steps of training; how many validation rows there are only a run can tell
  expect(times.seconds.train).toBeCloseTo(40, 1);
  expect(timeIn(times, ['train', 'split'])).toBe('at least 40 s');
  expect(timeIn(times, ['split'])).toBeUndefined();
  // a network is not run by its own node
  expect(times.seconds.network).toBeUndefined();
  const below = { seconds: { 'sub/train': 1, 'sub/more/test': 2, subway: 4 }, open: ['other'] };
  expect(timeIn(below, ['sub'])).toBe('about 3 s');
});

test('a training whose rows are not known yet has no time; what a run told of its data gives it one', async () => {
  const { train } = document.nodes;
  const params = { ...train!.params, length: 'epochs', epochs: 3, batch: 32 };
  const epochs = { ...document, nodes: { ...document.nodes, train: { ...train!, params } } };
  const before = await timesOfNodes({ document: epochs, told: [], calibration });
  expect(timeIn(before, ['train'])).toBeUndefined();
  const { outputs } = (await checkDocument(epochs)).flat.get('split')!;
  const told = (
    [
      ['train', 120],
      ['validation', 30],
    ] as const
  ).map(([port, rows]) => [`split|${port}`, wireToJson({ ...(outputs[port] as DatasetType), rows })] as const);
  // three times three batches of 120 rows; one look at 30 rows at the end
  const after = await timesOfNodes({ document: epochs, told, calibration });
  expect(timeIn(after, ['train'])).toBe('about 20 s');
});

test('a device in words', () => {
  expect(deviceInWords(deviceOfServer([]))).toBeUndefined();
  expect(deviceInWords(deviceOfServer([{ device: 'A' }, { device: 'A' }]))).toBe('A');
  expect(deviceInWords(deviceOfServer([{ device: 'A' }, { device: 'B' }, { device: 'C' }]))).toBe(
    'A, or another device of the server',
  );
});

describe('the compiled program of Train', () => {
  test('is there in parts, with what it takes', () => {
    mount(document, <ProgramsView {...answer} name="Train" device={page} />);
    for (const part of ['Inputs', 'Forward', 'Backward', 'Update', 'Outputs'])
      expect(screen.getByRole('heading', { name: new RegExp(`^${part}`) })).toBeTruthy();
    expect(screen.getByRole('region', { name: /^Forward/ }).textContent).toContain('= matmul ');
    // one feature and eight hidden, eight hidden and three classes, each with biases
    expect(screen.getByText('Parameters').nextSibling?.textContent).toBe('43');
    expect(screen.getByText('Runs').nextSibling?.textContent).toBe('20');
  });

  test('takes as long as the device was measured to, run after run, and says which device that is', async () => {
    const found = await shownPrograms({ document, node: 'train', told: [], calibration });
    if ('problem' in found) throw new Error(found.problem.message);
    // twenty steps of two seconds each, and next to nothing for what is computed
    const time = () => screen.getByText(/^Time /);
    mount(document, <ProgramsView {...found} name="Train" device={{ ...page, title: 'This CPU', calibration }} />);
    expect(time().textContent).toBe('Time in this page');
    expect(time().nextSibling?.textContent).toBe('about 40 s, 2 s eachThis CPU');
    await unmount();
    const server = deviceOfServer([{ device: 'One CPU' }, { device: 'Two CPUs', calibration }]);
    mount(document, <ProgramsView {...found} name="Train" device={server} />);
    expect(time().textContent).toBe('Time on the server');
    expect(time().nextSibling?.textContent).toBe('about 40 s, 2 s eachTwo CPUs, or another device of the server');
    await unmount();
    mount(document, <ProgramsView {...answer} name="Train" device={deviceOfServer([{ device: 'One CPU' }])} />);
    expect(time().nextSibling?.textContent).toBe('One CPU: not measured yet');
  });

  test('is searched line by line', () => {
    mount(document, <ProgramsView {...answer} name="Train" device={page} />);
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'MatMul' } });
    const lines = screen.getAllByRole('region').flatMap((region) => (region.textContent ?? '').split('\n'));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line).toContain('matmul');
    expect(screen.getByRole('status').textContent).toBe(`${lines.length} lines`);
    expect(screen.queryByRole('region', { name: /^Outputs/ })).toBeNull();
  });

  test('has the program that looks at validation rows beside it', () => {
    mount(document, <ProgramsView {...answer} name="Train" device={page} />);
    const group = screen.getByRole('group', { name: 'Program' });
    fireEvent.click(within(group).getByRole('button', { name: 'Validation batch' }));
    expect(screen.queryByRole('region', { name: /^Backward/ })).toBeNull();
    expect(screen.getByRole('region', { name: /^Forward/ })).toBeTruthy();
  });
});

test('the inspector opens it from the nodes that have one', async () => {
  const { store } = mount(document, <NodePanel id="train" />);
  fireEvent.click(await screen.findByRole('button', { name: 'Compiled program' }));
  expect(store.getState().program).toBe('train');
  await unmount();
  mount(document, <NodePanel id="split" />);
  await screen.findByText('Split', { exact: false });
  expect(screen.queryByRole('button', { name: 'Compiled program' })).toBeNull();
});
