// @vitest-environment happy-dom
import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { TraceView } from './trace-dialog.tsx';

afterEach(cleanup);

test('what operations took stands by program, the longest first, the small ones together', () => {
  const times = Array.from({ length: 14 }, (_, i) => ({ operation: `Op${i}`, count: 10, ms: 14 - i }));
  const programs = [
    { name: 'train-1', times },
    { name: 'idle-1', times: [] },
  ];
  render(<TraceView trace={{ device: 'CPU', programs, timeline: '{}' }} name="Test" />);
  const table = screen.getByRole('table', { name: 'train-1 105 ms in operations' });
  const rows = within(table)
    .getAllByRole('row')
    .map((row) => row.textContent);
  expect(rows[1]).toBe('Op01014 ms13 %');
  expect(rows.at(-1)).toBe('2 others203 ms3 %');
  expect(rows.length).toBe(14);
  expect(screen.getAllByRole('table').length).toBe(1);
});

test('a run without tensor programs says so', () => {
  render(<TraceView trace={{ device: 'CPU', programs: [], timeline: '{}' }} name="Test" />);
  expect(screen.getByText(/^Nothing of this run/)).toBeTruthy();
});
