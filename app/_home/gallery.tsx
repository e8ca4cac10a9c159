'use client';

import { Clock, Search } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Template } from '../../templates/index.ts';
import { Empty } from '../_ui/notice.tsx';
import { NewGraphCard, OpenTemplate } from './start.tsx';

export interface Card extends Omit<Template, 'document'> {
  /** The graph in small, drawn on the server: its document does not travel. */
  readonly picture: ReactNode;
}

/** From how many templates on one looks for them by word. */
const MANY = 6;

/** Graphs to start from, each with what it looks like, how long it takes and what one learns. */
export function Gallery({ cards }: { readonly cards: readonly Card[] }) {
  const [words, setWords] = useState('');
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = cards.filter(({ title, summary, teaches }) => {
    const text = [title, summary, ...teaches].join(' ').toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  return (
    <>
      {cards.length > MANY && (
        <label className="relative mt-3 block max-w-md">
          <span className="sr-only">Search templates</span>
          <Search size={15} className="absolute top-2.5 left-3 text-ink-3" aria-hidden="true" />
          <input
            type="search"
            value={words}
            onChange={({ target }) => setWords(target.value)}
            placeholder={`Search ${cards.length} templates: attention, ensemble, images …`}
            className="h-9 w-full rounded-lg border border-line-strong bg-surface pr-2 pl-9"
          />
        </label>
      )}
      {shown.length === 0 && <Empty title="No template is about that" text="Look for another word." />}
      <ul className="mt-3 grid gap-4 sm:grid-cols-2 lg:grid-cols-3" aria-label="Templates">
        {shown.map((card) => (
          <TemplateCard key={card.id} {...card} />
        ))}
        {wanted.length === 0 && (
          <li className="flex">
            <NewGraphCard />
          </li>
        )}
      </ul>
    </>
  );
}

function TemplateCard({ id, title, summary, teaches, minutes, picture }: Card) {
  return (
    <li className="group relative flex flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-raised transition-shadow focus-within:shadow-floating hover:shadow-floating">
      <div className="h-36 border-line border-b bg-canvas p-2">{picture}</div>
      <div className="flex flex-1 flex-col p-4">
        <h3 className="font-semibold text-base">{title}</h3>
        <p className="mt-1 text-ink-2">{summary}</p>
        <ul className="mt-3 flex flex-wrap gap-1" aria-label="What you learn">
          {teaches.map((each) => (
            <li key={each} className="rounded-sm bg-surface-3 px-1.5 py-0.5 text-2xs text-ink-2">
              {each}
            </li>
          ))}
        </ul>
        <div className="mt-auto flex items-center justify-between pt-4">
          <span className="flex items-center gap-1.5 text-ink-2 text-xs">
            <Clock size={13} aria-hidden="true" />
            about {minutes} min to run
          </span>
          <OpenTemplate id={id} title={title} />
        </div>
      </div>
    </li>
  );
}
