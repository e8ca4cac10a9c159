'use client';

import { lazy } from 'react';
import type { Recipe } from '../../../graph/values.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import type { ParamSchema } from '../state/params.ts';
import { showValue } from '../state/params.ts';

const ScheduleCurve = lazy(() => import('./schedule-curve.tsx'));

/** Choices that another node carries out, named as in the inspector; a schedule also as the curve that it makes. */
export function RecipeView({ kind, recipe }: { readonly kind: string; readonly recipe: Recipe }) {
  const entry = entryOf(recipe.type);
  return (
    <div className="space-y-5">
      {kind === 'schedule' && <ScheduleCurve recipe={recipe} />}
      <dl className="grid max-w-md grid-cols-[auto_1fr] gap-x-6 gap-y-1">
        <dt className="text-ink-3">Kind</dt>
        <dd>{entry?.title ?? recipe.type}</dd>
        {Object.entries(recipe.params).map(([name, value]) => {
          const schema = (entry?.params[name] ?? {}) as ParamSchema;
          const title = schema.title ?? name;
          return (
            <div key={name} className="contents">
              <dt className="text-ink-3">{title}</dt>
              <dd className="tabular break-words">
                {showValue({ name, title, schema, value, nullable: true }) || '–'}
              </dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}
