import { expect, test } from 'vitest';
import { commands } from './commands.ts';
import { isBare, keyOf } from './keyboard.ts';
import { kindCommands } from './kind-commands.ts';

test('ids and shortcuts belong to one command each', () => {
  const all = [...commands, ...kindCommands];
  const ids = all.map(({ id }) => id);
  const keys = all.flatMap((command) => command.keys ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(keys).size).toBe(keys.length);
});

test('key presses are read as shortcuts are written', () => {
  const press = (key: string, code: string, mods = {}) =>
    keyOf({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...mods } as KeyboardEvent);
  expect(press('z', 'KeyZ', { ctrlKey: true })).toBe('Mod+Z');
  expect(press('Z', 'KeyZ', { metaKey: true, shiftKey: true })).toBe('Mod+Shift+Z');
  expect(press('!', 'Digit1', { shiftKey: true })).toBe('Shift+1');
  expect(press('?', 'Slash', { shiftKey: true })).toBe('?');
  expect(press('¡', 'Digit1', { altKey: true })).toBe('Alt+1');
  expect(press('Delete', 'Delete')).toBe('Delete');
  expect(press('m', 'KeyM')).toBe('M');
  expect(isBare('M')).toBe(true);
  expect(isBare('Shift+1')).toBe(true);
  expect(isBare('Mod+M')).toBe(false);
  expect(isBare('F2')).toBe(false);
});
