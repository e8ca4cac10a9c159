'use client';

import { useEffect } from 'react';
import { copiedText, deleteSelection, holdsGraph, pasteText } from '../actions.ts';
import { isAvailable } from './command.ts';
import { commands } from './commands.ts';
import { isBare, isTyping, keyOf } from './keyboard.ts';
import { useReach } from './use-reach.ts';

/** Left to the browser, which tells of them by events that carry the clipboard. */
const ofClipboard = new Set(['Mod+C', 'Mod+X', 'Mod+V']);

const inDialog = (): boolean => document.querySelector('[role=dialog], [role=alertdialog], [role=menu]') !== null;

/** On the canvas, or nowhere in particular: a letter can't be meant for anything else. */
const onCanvas = (target: EventTarget | null): boolean =>
  target === document.body || (target instanceof Element && target.closest('#canvas') !== null);

/** The keyboard. */
export function Shortcuts() {
  const reach = useReach();
  useEffect(() => {
    const { session } = reach;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || inDialog()) return;
      const keys = keyOf(event);
      if (ofClipboard.has(keys)) return;
      const typing = isTyping(event.target);
      const command = commands.find((each) => each.keys?.includes(keys));
      if (!command) return;
      const free = typing ? keys === 'Mod+K' || keys === 'Mod+Enter' || keys === 'Mod+S' : true;
      const needsCanvas = isBare(keys) || ['Delete', 'Backspace', 'Enter', 'Mod+A'].includes(keys);
      // on a button, Enter presses it
      if (keys === 'Enter' && event.target instanceof Element && event.target.closest('button, a')) return;
      if (!free || (needsCanvas && keys !== '?' && !onCanvas(event.target))) return;
      // keys of ours never reach the browser's own commands, even where there is nothing to do
      event.preventDefault();
      if (isAvailable(command, reach)) command.run(reach);
    };
    const onCopy = (event: ClipboardEvent) => {
      const text = copiedText(session);
      if (text === undefined || isTyping(event.target) || inDialog() || !getSelection()?.isCollapsed) return;
      event.preventDefault();
      event.clipboardData?.setData('text/plain', text);
      if (event.type === 'cut') deleteSelection(session);
    };
    const onPaste = (event: ClipboardEvent) => {
      if (isTyping(event.target) || inDialog()) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (session.readOnly || !holdsGraph(text)) return;
      event.preventDefault();
      void pasteText(session, text);
    };
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('copy', onCopy);
    window.addEventListener('cut', onCopy);
    window.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('copy', onCopy);
      window.removeEventListener('cut', onCopy);
      window.removeEventListener('paste', onPaste);
    };
  }, [reach]);
  return null;
}
