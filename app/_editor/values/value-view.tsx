'use client';

import { lazy, Suspense } from 'react';
import type { Dataset } from '../../../graph/dataset.ts';
import type { PortKind } from '../../../graph/types.ts';
import type { Figure, Metrics, Model, PortValue, Recipe, Tokenizer } from '../../../graph/values.ts';

const DatasetView = lazy(async () => ({ default: (await import('./dataset-view.tsx')).DatasetView }));
const MetricsView = lazy(async () => ({ default: (await import('./metrics-view.tsx')).MetricsView }));
const FigureView = lazy(async () => ({ default: (await import('./figure-view.tsx')).FigureView }));
const TokenizerView = lazy(async () => ({ default: (await import('./tokenizer-view.tsx')).TokenizerView }));
const ModelView = lazy(async () => ({ default: (await import('./model-view.tsx')).ModelView }));
const RecipeView = lazy(async () => ({ default: (await import('./recipe-view.tsx')).RecipeView }));

/** Any value, by its kind. Viewers are loaded when a value of their kind is first looked at. */
export function ValueView({ kind, value }: { readonly kind: PortKind; readonly value: PortValue }) {
  return <Suspense fallback={<div className="skeleton h-40" />}>{viewOf(kind, value)}</Suspense>;
}

function viewOf(kind: PortKind, value: PortValue) {
  switch (kind) {
    case 'dataset':
      return <DatasetView dataset={value as Dataset} />;
    case 'metrics':
      return <MetricsView metrics={value as Metrics} />;
    case 'figure':
      return <FigureView figure={value as Figure} />;
    case 'text':
      return <TextView text={value as string} />;
    case 'number':
      return <p className="tabular font-semibold text-2xl">{String(value)}</p>;
    case 'tokenizer':
      return <TokenizerView tokenizer={value as Tokenizer} />;
    case 'model':
      return <ModelView model={value as Model} />;
    case 'tensor':
      return <p className="text-ink-3">Tensors live inside a network; they are not stored.</p>;
    default:
      return <RecipeView kind={kind} recipe={value as Recipe} />;
  }
}

/** Characters that are put on the page at once. */
const MOST = 200_000;

function TextView({ text }: { readonly text: string }) {
  if (text === '') return <p className="text-ink-3 italic">An empty text.</p>;
  return (
    <>
      <p className="max-w-[72ch] whitespace-pre-wrap break-words text-base leading-relaxed">{text.slice(0, MOST)}</p>
      {text.length > MOST && (
        <p className="mt-2 text-ink-3">
          {(text.length - MOST).toLocaleString('en')} more characters are in the download.
        </p>
      )}
    </>
  );
}
