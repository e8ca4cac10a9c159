'use client';

import { BellOff, Wrench } from 'lucide-react';
import { silence } from '../../graph/edit.ts';
import type { Problem } from '../../lib/problem.ts';
import { Button } from '../_ui/button.tsx';
import { useSession } from './context.tsx';

/** What can be done about a problem with one click: its fixes, and to be told no more of it where it is only advice. */
export function ProblemActions({ problem }: { readonly problem: Problem }) {
  const session = useSession();
  const { fixes = [], code, at } = problem;
  const isAdvice = code.startsWith('lint/') && at !== undefined;
  if (session.readOnly || (fixes.length === 0 && !isAdvice)) return null;
  return (
    <div className="mt-1.5 flex flex-wrap gap-1.5">
      {fixes.map((fix) => (
        <Button
          key={fix.label}
          size="sm"
          onClick={() => session.do({ label: fix.label, edits: fix.edits })}
          className="!h-auto min-h-7 max-w-full whitespace-normal py-0.5 text-left"
        >
          <Wrench size={12} aria-hidden="true" />
          {fix.label}
        </Button>
      ))}
      {isAdvice && (
        <Button size="sm" look="plain" onClick={() => session.do(silence(session.document, at.node, code))}>
          <BellOff size={12} aria-hidden="true" />
          Silence here
        </Button>
      )}
    </div>
  );
}
