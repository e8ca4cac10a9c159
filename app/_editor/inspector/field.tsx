'use client';

import { cx } from 'class-variance-authority';
import { CircleAlert, RotateCcw, TriangleAlert } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { isError, type Problem } from '../../../lib/problem.ts';
import { ProblemActions } from '../problem-actions.tsx';

export const inputClass =
  'h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2 text-ink text-sm placeholder:text-ink-3 hover:border-ink-3 aria-invalid:border-bad disabled:opacity-60';

/** What binds an input to its label, description and problems. */
export interface FieldIds {
  readonly id: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: true;
}

/** A label, a control, and right below it what it means and what is wrong with it. */
export function Field({
  title,
  description,
  unit,
  problems = [],
  path,
  typed,
  onReset,
  beside,
  inline = false,
  children,
}: {
  readonly title: string;
  readonly description?: string | undefined;
  readonly unit?: string | undefined;
  /** What the checker says of it. */
  readonly problems?: readonly Problem[];
  /** The path of the node that the field belongs to. */
  readonly path?: string | undefined;
  /** What is wrong with the text as it is typed; the document does not have it. */
  readonly typed?: string | undefined;
  onReset?: (() => void) | undefined;
  /** Stands at the end of the label's line. */
  readonly beside?: ReactNode;
  /** The control stands beside its label. */
  readonly inline?: boolean;
  readonly children: (ids: FieldIds) => ReactNode;
}) {
  const id = useId();
  const wrong = typed !== undefined || problems.some(isError);
  const described = [description && `${id}-about`, (typed || problems.length > 0) && `${id}-wrong`].filter(Boolean);
  const ids: FieldIds = {
    id,
    ...(described.length > 0 && { 'aria-describedby': described.join(' ') }),
    ...(wrong && { 'aria-invalid': true }),
  };
  return (
    <div className="group/field py-1.5">
      <div className="flex min-h-6 items-center gap-1.5">
        <label htmlFor={id} className="min-w-0 flex-1 truncate font-medium text-ink text-xs" title={title}>
          {title}
          {unit && <span className="font-normal text-ink-3"> in {unit}</span>}
        </label>
        {onReset && (
          <button
            type="button"
            onClick={onReset}
            aria-label={`Set ${title} back to its default`}
            title="Back to the default"
            className="grid size-6 place-items-center rounded-md text-ink-3 hover:bg-surface-3 hover:text-ink"
          >
            <RotateCcw size={13} aria-hidden="true" />
          </button>
        )}
        {beside}
        {inline && children(ids)}
      </div>
      {!inline && children(ids)}
      {(typed !== undefined || problems.length > 0) && (
        <div id={`${id}-wrong`} role="alert" className="mt-1 space-y-1">
          {typed !== undefined && <Wrong message={typed} />}
          {problems.map((problem) => (
            <div key={`${problem.code}${problem.message}`}>
              <Wrong {...problem} />
              <ProblemActions problem={problem} path={path} />
            </div>
          ))}
        </div>
      )}
      {description && (
        <p id={`${id}-about`} className="mt-1 text-2xs text-ink-3 leading-4">
          {description}
        </p>
      )}
    </div>
  );
}

function Wrong({ message, hint, severity }: Pick<Problem, 'message' | 'hint' | 'severity'>) {
  const warning = severity === 'warning';
  const Icon = warning ? TriangleAlert : CircleAlert;
  return (
    <p className={cx('flex gap-1.5 text-xs', warning ? 'text-warn' : 'text-bad')}>
      <Icon size={13} className="mt-0.5 shrink-0" aria-hidden="true" />
      <span className="min-w-0 break-words">
        {message}
        {hint && <span className="text-ink-2"> {hint}</span>}
      </span>
    </p>
  );
}
