'use client';

import { ArrowUpFromDot } from 'lucide-react';
import { liftParam, lowerParam } from '../../../graph/subgraph-edits.ts';
import { canLift } from '../../../nodes/subgraphs.ts';
import { useEditor, useSession } from '../context.tsx';
import { openDefinition } from '../state/definitions.ts';
import type { Param } from '../state/params.ts';

/** In an open subgraph: shows a setting on the instances, each with a value of its own, or keeps it inside. */
export function LiftButton({ node, param }: { readonly node: string; readonly param: Param }) {
  const session = useSession();
  const id = useEditor((state) => openDefinition(state)?.id);
  const isLifted = useEditor(
    (state) =>
      openDefinition(state)?.definition.params.some((row) => row.node === node && row.param === param.name) === true,
  );
  if (id === undefined || session.readOnly || !canLift({ ...param.schema })) return null;
  const { definitions } = session.whole;
  const end = [node, param.name] as const;
  const label = isLifted ? `Keep ${param.title} inside` : `Show ${param.title} on the instances`;
  return (
    <button
      type="button"
      aria-label={label}
      aria-pressed={isLifted}
      title={label}
      onClick={() =>
        session.do(
          isLifted ? lowerParam(definitions, id, end, param.title) : liftParam(definitions, id, end, param.title),
        )
      }
      className="grid size-6 place-items-center rounded-md text-ink-3 hover:bg-surface-3 hover:text-ink aria-pressed:text-accent"
    >
      <ArrowUpFromDot size={13} aria-hidden="true" />
    </button>
  );
}
