// @vitest-environment happy-dom
import { fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Calibration } from '../../../ir/roofline.ts';
import train from '../../../nodes/training/train.ts';
import { documentOf } from '../../../runtime/testing/graphs.ts';
import { NodePanel } from '../inspector/node-panel.tsx';
import { mount, unmount } from '../testing.tsx';
import { ProgramsView } from './program-view.tsx';
import { type ProgramsAnswer, shownPrograms } from './shown-programs.ts';

afterEach(unmount);

const document = documentOf(train.example);
const never = () => Promise.reject(new Error('not asked for'));
let answer: Extract<ProgramsAnswer, { programs: unknown }>;
beforeAll(async () => {
  const found = await shownPrograms({ document, node: 'train', told: [] });
  if ('problem' in found) throw new Error(found.problem.message);
  answer = found;
});

describe('the compiled program of Train', () => {
  test('is there in parts, with what it takes', () => {
    mount(document, <ProgramsView {...answer} name="Train" measure={never} />);
    for (const part of ['Inputs', 'Forward', 'Backward', 'Update', 'Outputs'])
      expect(screen.getByRole('heading', { name: new RegExp(`^${part}`) })).toBeTruthy();
    expect(screen.getByRole('region', { name: /^Forward/ }).textContent).toContain('= matmul ');
    // one feature and eight hidden, eight hidden and three classes, each with biases
    expect(screen.getByText('Parameters').nextSibling?.textContent).toBe('43');
    expect(screen.getByText('Runs').nextSibling?.textContent).toBe('20');
  });

  test('takes as long as the device was measured to, run after run', async () => {
    const rates = [{ at: 1, perSecond: 1e9 }];
    const calibration: Calibration = {
      rates: {
        product: rates,
        convolution: rates,
        convolutionInput: rates,
        convolutionKernel: rates,
        pointwise: rates,
        special: rates,
        rows: rates,
        reduction: rates,
        move: rates,
        scatter: rates,
        pool: rates,
        unpool: rates,
      },
      operation: 0,
      run: 2,
      carried: 1e12,
    };
    const found = await shownPrograms({ document, node: 'train', told: [], calibration });
    if ('problem' in found) throw new Error(found.problem.message);
    mount(document, <ProgramsView {...found} name="Train" measure={never} />);
    // twenty steps of two seconds each, and next to nothing for what is computed
    expect(screen.getByText('Time in this page').nextSibling?.textContent).toBe('about 40 s, 2 s each');
  });

  test('is searched line by line', () => {
    mount(document, <ProgramsView {...answer} name="Train" measure={never} />);
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'MatMul' } });
    const lines = screen.getAllByRole('region').flatMap((region) => (region.textContent ?? '').split('\n'));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line).toContain('matmul');
    expect(screen.getByRole('status').textContent).toBe(`${lines.length} lines`);
    expect(screen.queryByRole('region', { name: /^Outputs/ })).toBeNull();
  });

  test('has the program that looks at validation rows beside it', () => {
    mount(document, <ProgramsView {...answer} name="Train" measure={never} />);
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
  unmount();
  mount(document, <NodePanel id="split" />);
  await screen.findByText('Split', { exact: false });
  expect(screen.queryByRole('button', { name: 'Compiled program' })).toBeNull();
});
