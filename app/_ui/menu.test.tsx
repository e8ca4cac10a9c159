// @vitest-environment happy-dom
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { Menu } from './menu.tsx';

// the parts of a menu load while the test waits
configure({ asyncUtilTimeout: 15_000 });
afterEach(cleanup);

const show = () =>
  render(
    <Menu trigger={<button type="button">More</button>}>
      {({ MenuItem }) => (
        <>
          <MenuItem disabled onSelect={() => undefined}>
            Undo
          </MenuItem>
          <MenuItem onSelect={() => undefined}>Copy</MenuItem>
          <MenuItem onSelect={() => undefined}>Paste</MenuItem>
        </>
      )}
    </Menu>,
  );
const focused = () => document.activeElement?.textContent;

test('a menu that a key opens has the keyboard on the first item that can be chosen', async () => {
  show();
  screen.getByRole('button').focus();
  fireEvent.keyDown(screen.getByRole('button'), { key: 'ArrowDown' });
  await waitFor(() => expect(focused()).toBe('Copy'));
  fireEvent.keyDown(document.activeElement!, { key: 'ArrowDown' });
  await waitFor(() => expect(focused()).toBe('Paste'));
  fireEvent.keyDown(document.activeElement!, { key: 'Escape' });
  await waitFor(() => expect(focused()).toBe('More'));
});
