/** A key press as shortcuts are written: `Mod+Shift+Z`, `Delete`, `m`. */
export function keyOf(event: KeyboardEvent): string {
  const { key, code } = event;
  // with Alt or Shift the letter may come out as another sign: the key's own letter or digit counts
  const plain = /^Key([A-Z])$/.exec(code)?.[1] ?? /^Digit(\d)$/.exec(code)?.[1];
  const sign = plain && (key.length > 1 || event.altKey || event.shiftKey || /[a-z0-9]/i.test(key)) ? plain : key;
  const name = sign.length === 1 ? sign.toUpperCase() : sign;
  return [
    event.ctrlKey || event.metaKey ? 'Mod' : '',
    event.altKey ? 'Alt' : '',
    // a sign that needs Shift, such as `?`, is written as the sign
    event.shiftKey && (plain !== undefined || name.length > 1) ? 'Shift' : '',
    name,
  ]
    .filter(Boolean)
    .join('+');
}

/** A shortcut without Ctrl or the like: it counts only where no text is typed and a letter can mean nothing else. */
export const isBare = (keys: string): boolean => !/Mod|Alt/.test(keys) && /^(Shift\+)?.$/u.test(keys);

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select'));
