'use client';

import { BellOff, Wrench } from 'lucide-react';
import { silence } from '../../graph/edit.ts';
import { editsInside, inside, locate } from '../../graph/subgraphs.ts';
import type { Problem } from '../../lib/problem.ts';
import { Button } from '../_ui/button.tsx';
import { useSession } from './context.tsx';
import type { EditorSession } from './state/session.ts';

/** Stops telling a warning of a node, wherever the node is. */
function silenceAt(session: EditorSession, path: string, code: string): void {
  const found = locate(session.whole, path);
  const place = found && inside(session.whole, found.scope);
  if (!found || !place) return;
  const { label, edits } = silence(place.document, found.id, code);
  session.doWhole({ label, edits: editsInside(place.definition, edits) });
}

/**
 * What can be done about a problem with one click: its fixes, and to be told no more of it where it is only advice. Fixes
 * are written for the whole document; `path` is where the problem is in it.
 */
export function ProblemActions({ problem, path }: { readonly problem: Problem; readonly path: string | undefined }) {
  const session = useSession();
  const { fixes = [], code } = problem;
  const isAdvice = code.startsWith('lint/') && path !== undefined;
  if (session.readOnly || (fixes.length === 0 && !isAdvice)) return null;
  return (
    <div className="mt-1.5 flex flex-wrap gap-1.5">
      {fixes.map((fix) => (
        <Button
          key={fix.label}
          size="sm"
          onClick={() => session.doWhole({ label: fix.label, edits: fix.edits })}
          className="!h-auto min-h-7 max-w-full whitespace-normal py-0.5 text-left"
        >
          <Wrench size={12} aria-hidden="true" />
          {fix.label}
        </Button>
      ))}
      {isAdvice && (
        <Button size="sm" look="plain" onClick={() => silenceAt(session, path, code)}>
          <BellOff size={12} aria-hidden="true" />
          Silence here
        </Button>
      )}
    </div>
  );
}
