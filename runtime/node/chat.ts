import { fail } from '../../lib/problem.ts';
import type { Chat } from '../../nodes/kit/context.ts';

/** How long an answer may take. */
const TIMEOUT_MS = 120_000;

interface Completion {
  readonly choices?: readonly { readonly message?: { readonly content?: string | null } }[];
}

/** The endpoint that PATCHBAY_CHAT_URL names ("…/v1"); PATCHBAY_CHAT_KEY is sent to it and nowhere else. */
export function nodeChat(env: Readonly<Record<string, string | undefined>>): Chat {
  const address = env.PATCHBAY_CHAT_URL?.replace(/\/+$/, '');
  if (!address)
    return { missing: 'This machine knows no chat endpoint: PATCHBAY_CHAT_URL and PATCHBAY_CHAT_KEY are not set.' };
  const key = env.PATCHBAY_CHAT_KEY;
  return {
    async complete({ model, messages, tokens }) {
      const response = await fetch(`${address}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
        body: JSON.stringify({ ...(model && { model }), messages, max_tokens: tokens, temperature: 0 }),
        // a redirect would carry the key to another place
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch((error: unknown) =>
        fail(
          'chat/unreachable',
          `The chat endpoint did not answer: ${error instanceof Error ? error.message : error}.`,
          {
            hint: 'Check PATCHBAY_CHAT_URL, and that the endpoint runs.',
          },
        ),
      );
      if (!response.ok)
        return fail('chat/refused', `The chat endpoint answered ${response.status}.`, {
          hint: 'Check PATCHBAY_CHAT_KEY, and that it knows the model.',
        });
      const { choices } = (await response.json()) as Completion;
      const text = choices?.[0]?.message?.content;
      return text ?? fail('chat/format', 'The chat endpoint gave no answer in the format of OpenAI’s API.');
    },
  };
}
