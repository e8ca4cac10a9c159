'use client';

import { ExternalLink } from 'lucide-react';
import { Fragment, use } from 'react';
import { loadTexts, type PaletteTexts } from '../../../nodes/catalogue.ts';
import { Equation } from './equation.tsx';

let texts: ReturnType<typeof loadTexts> | undefined;

/** What the node does: its formula, when to use it, where that comes from. Read when it is first looked at. */
export function DocsSection({ type }: { readonly type: string }) {
  texts ??= loadTexts();
  const found = use(texts)[type];
  return found ? <Docs {...found.docs} /> : null;
}

function Docs({ equation, notes, sources }: PaletteTexts['docs']) {
  return (
    <div className="space-y-2.5 text-xs">
      {equation && <Equation tex={equation} />}
      {notes?.split(/\n{2,}/).map((paragraph) => (
        <p key={paragraph} className="text-ink-2 leading-5">
          <Inline text={paragraph} />
        </p>
      ))}
      {sources.length > 0 && (
        <ul className="space-y-1" aria-label="Sources">
          {sources.map(({ title, url }) => (
            <li key={url + title}>
              <a
                href={url}
                target="_blank"
                rel="noreferrer"
                className="inline-flex max-w-full items-baseline gap-1 text-accent hover:underline"
              >
                <span className="min-w-0 break-words">{title}</span>
                <ExternalLink size={11} className="shrink-0 self-center" aria-label="opens in a new tab" />
              </a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The little Markdown that notes use: `code`, **strong** and *emphasis*. */
function Inline({ text }: { readonly text: string }) {
  let end = 0;
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/).map((part) => {
    const key = end;
    end += part.length;
    if (part.startsWith('`'))
      return (
        <code key={key} className="rounded-sm bg-surface-3 px-1 text-[0.92em]">
          {part.slice(1, -1)}
        </code>
      );
    if (part.startsWith('**')) return <strong key={key}>{part.slice(2, -2)}</strong>;
    if (part.startsWith('*') && part.length > 2) return <em key={key}>{part.slice(1, -1)}</em>;
    return <Fragment key={key}>{part}</Fragment>;
  });
}
