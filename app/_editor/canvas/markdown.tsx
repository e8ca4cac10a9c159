'use client';

import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { type Block, type Inline, parseMarkdown } from '../state/markdown.ts';

const Formula = lazy(() => import('./formula.tsx'));

/** A note's text. It is drawn from what was read, never as HTML. */
export function Markdown({ text }: { readonly text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return <>{blocks.map(drawBlock)}</>;
}

const headings = ['font-semibold text-lg', 'font-semibold text-base', 'font-semibold text-sm'] as const;

function drawBlock(block: Block, i: number): ReactNode {
  switch (block.kind) {
    case 'heading': {
      const Heading = (['h3', 'h4', 'h5'] as const)[block.level - 1] ?? 'h5';
      return (
        <Heading key={i} className={headings[block.level - 1]}>
          {block.parts.map(drawInline)}
        </Heading>
      );
    }
    case 'paragraph':
      return <p key={i}>{block.parts.map(drawInline)}</p>;
    case 'quote':
      return (
        <blockquote key={i} className="border-line-strong border-l-2 pl-2 text-ink-2">
          {block.parts.map(drawInline)}
        </blockquote>
      );
    case 'list': {
      // biome-ignore lint/suspicious/noArrayIndexKey: a text's lines have no other name
      const items = block.items.map((parts, k) => <li key={k}>{parts.map(drawInline)}</li>);
      return block.ordered ? (
        <ol key={i} className="list-decimal pl-5">
          {items}
        </ol>
      ) : (
        <ul key={i} className="list-disc pl-4">
          {items}
        </ul>
      );
    }
    case 'code':
      return (
        <pre key={i} className="mono overflow-auto rounded-sm bg-surface-3 px-2 py-1 text-2xs">
          {block.text}
        </pre>
      );
    case 'formula':
      return (
        <Suspense key={i} fallback={<code>{block.text}</code>}>
          <Formula tex={block.text} display />
        </Suspense>
      );
  }
}

function drawInline(part: Inline, i: number): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return (
        <code key={i} className="rounded-sm bg-surface-3 px-1 text-[0.92em]">
          {part.text}
        </code>
      );
    case 'formula':
      return (
        <Suspense key={i} fallback={<code>{part.text}</code>}>
          <Formula tex={part.text} />
        </Suspense>
      );
    case 'strong':
      return <strong key={i}>{part.parts.map(drawInline)}</strong>;
    case 'emphasis':
      return <em key={i}>{part.parts.map(drawInline)}</em>;
    case 'link':
      return (
        <a
          key={i}
          href={part.url}
          target="_blank"
          rel="noreferrer noopener"
          className="nodrag text-accent underline underline-offset-2"
        >
          {part.parts.map(drawInline)}
        </a>
      );
  }
}
