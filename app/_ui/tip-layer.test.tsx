// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { Window } from './dialog.tsx';
import { told } from './tip.tsx';
import TipLayer from './tip-layer.tsx';

afterEach(cleanup);

test('Escape closes a window whose button has its words shown, at the first press', async () => {
  const onClose = vi.fn();
  render(
    <>
      <Window open onClose={onClose} title="Times">
        Some
      </Window>
      <TipLayer />
    </>,
  );
  const anchor = screen.getByRole('button', { name: 'Close' });
  told.setState({ tip: { anchor, text: 'Close', shortcut: undefined, side: 'bottom' } });
  await screen.findByRole('tooltip');
  fireEvent.keyDown(anchor, { key: 'Escape' });
  expect(onClose).toHaveBeenCalledOnce();
  expect(told.getState().tip).toBeUndefined();
});
