'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Tokenizer } from '../../../graph/values.ts';
import { type Problem, problemOf } from '../../../lib/problem.ts';
import type { OpenTokenizer } from '../../../nodes/kit/tokenizers.ts';
import { Notice } from '../../_ui/notice.tsx';
import { lineColour } from '../dock/line-colour.ts';
import { visibleToken, vocabularyOf } from './vocabulary.ts';

/** A tokenizer: a box that cuts what is typed into coloured tokens, and its vocabulary to look things up in. */
export function TokenizerView({ tokenizer }: { readonly tokenizer: Tokenizer }) {
  const [text, setText] = useState('The whale swam past the ship.');
  const [open, setOpen] = useState<OpenTokenizer>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    let gone = false;
    import('../../../nodes/kit/tokenizers.ts')
      .then(({ openTokenizer }) => openTokenizer(tokenizer))
      .then(
        (ready) => !gone && setOpen(ready),
        (error: unknown) => !gone && setProblem(problemOf(error)),
      );
    return () => {
      gone = true;
    };
  }, [tokenizer]);
  const ids = useMemo(() => open?.encode(text) ?? [], [open, text]);
  return (
    <div className="flex h-full min-h-0 flex-col gap-5">
      <section aria-label="Try it">
        <label className="block font-semibold text-sm">
          Try it
          <textarea
            value={text}
            rows={2}
            maxLength={5_000}
            onChange={({ target }) => setText(target.value)}
            className="mt-1.5 block w-full resize-y rounded-md border border-line-strong bg-surface px-2.5 py-1.5 font-normal"
          />
        </label>
        {problem && <Notice tone="bad" message={problem.message} hint={problem.hint} className="mt-2" />}
        {!open && !problem && <div className="skeleton mt-2 h-8" role="status" aria-label="Opening the tokenizer" />}
        {open && (
          <>
            <p className="mono mt-2 max-h-40 overflow-y-auto break-all text-xs leading-6">
              {ids.map((id, i) => (
                <span
                  // biome-ignore lint/suspicious/noArrayIndexKey: tokens have an order
                  key={i}
                  title={`id ${id}`}
                  className="forced-color-adjust-none mr-px whitespace-pre-wrap rounded-sm px-0.5 py-0.5"
                  style={{ background: `color-mix(in oklab, ${lineColour(id)} 22%, transparent)` }}
                >
                  {visibleToken(open.tokenOf(id))}
                </span>
              ))}
            </p>
            <p className="tabular mt-1 text-2xs text-ink-3" role="status">
              {ids.length} tokens, {text.length} characters
              {ids.length > 0 && `, ${(text.length / ids.length).toFixed(2)} characters a token`}
            </p>
          </>
        )}
      </section>
      <Vocabulary tokenizer={tokenizer} />
    </div>
  );
}

function Vocabulary({ tokenizer }: { readonly tokenizer: Tokenizer }) {
  const [query, setQuery] = useState('');
  const all = useMemo(() => vocabularyOf(tokenizer), [tokenizer]);
  const found = useMemo(() => {
    const wanted = query.trim().toLowerCase();
    return wanted === ''
      ? all
      : all.filter(({ id, token }) => visibleToken(token).toLowerCase().includes(wanted) || String(id) === wanted);
  }, [all, query]);
  const scroll = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 26,
    overscan: 10,
  });
  return (
    <section aria-label="Vocabulary" className="flex min-h-48 flex-1 flex-col">
      <div className="mb-2 flex items-center gap-3">
        <h3 className="flex-1 font-semibold text-sm">
          Vocabulary{' '}
          <span className="tabular font-normal text-ink-3 text-xs">{tokenizer.vocabulary.toLocaleString('en')}</span>
        </h3>
        <input
          type="search"
          aria-label="Find a token"
          placeholder="Token or id"
          value={query}
          onChange={({ target }) => setQuery(target.value)}
          className="h-7 w-48 rounded-md border border-line-strong bg-surface px-2 text-xs placeholder:text-ink-3"
        />
      </div>
      <div
        ref={scroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keyboard
        tabIndex={0}
        className="max-h-[60dvh] min-h-0 flex-1 overflow-y-auto rounded-md border border-line"
      >
        {found.length === 0 && <p className="p-3 text-ink-3 text-xs">No token has that in it.</p>}
        <ol className="relative" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index, start, size }) => {
            const { id, token } = found[index]!;
            return (
              <li
                key={id}
                className="absolute top-0 left-0 flex w-full items-center gap-3 border-line border-b px-3 text-xs"
                style={{ height: size, transform: `translateY(${start}px)` }}
              >
                <span className="tabular w-14 text-right text-2xs text-ink-3">{id}</span>
                <span className="mono min-w-0 truncate whitespace-pre">{visibleToken(token)}</span>
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}
