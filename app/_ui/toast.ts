import type { ExternalToast } from 'sonner';
import { createStore } from 'zustand';

interface Said {
  readonly tone: 'message' | 'error' | 'warning';
  readonly text: string;
  readonly more?: ExternalToast;
}

/** What was said and is not on the screen yet: the code that shows it is loaded with the first one (toasts.tsx). */
export const unheard = createStore<{ readonly all: readonly Said[] }>(() => ({ all: [] }));

const say =
  (tone: Said['tone']) =>
  (text: string, more?: ExternalToast): void =>
    unheard.setState(({ all }) => ({ all: [...all, { tone, text, ...(more && { more }) }] }));

/** Says something in passing, in a corner of the page. */
export const toast = Object.assign(say('message'), { error: say('error'), warning: say('warning') });
