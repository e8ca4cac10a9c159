'use client';

import { Check, CloudAlert, CloudOff, LoaderCircle } from 'lucide-react';
import { Button } from '../../_ui/button.tsx';
import { Tip } from '../../_ui/tip.tsx';
import { useEditor, useSession } from '../context.tsx';

/** Whether what was done is on the server. */
export function SaveMark() {
  const session = useSession();
  const save = useEditor((state) => state.save);
  if (session.readOnly) return <span className="shrink-0 text-ink-3 text-xs">View only</span>;
  if (save.kind === 'saved' || save.kind === 'saving')
    return (
      <output className="flex shrink-0 items-center gap-1 text-ink-3 text-xs" data-save={save.kind}>
        {save.kind === 'saved' ? (
          <Check size={13} aria-hidden="true" />
        ) : (
          <LoaderCircle size={13} className="animate-spin" aria-hidden="true" />
        )}
        <span className="max-sm:sr-only">{save.kind === 'saved' ? 'Saved' : 'Saving'}</span>
      </output>
    );
  const Icon = save.kind === 'waiting' ? CloudOff : CloudAlert;
  return (
    <output className="flex shrink-0 items-center gap-1.5 text-xs" data-save={save.kind}>
      <Tip
        text={
          <span>
            {save.problem.message}
            {save.problem.hint && <span className="block opacity-80">{save.problem.hint}</span>}
          </span>
        }
      >
        <span className="flex items-center gap-1 text-warn">
          <Icon size={14} aria-hidden="true" />
          <span className="max-sm:sr-only">{save.kind === 'waiting' ? 'Offline, kept here' : 'Not saved'}</span>
        </span>
      </Tip>
      <Button size="sm" onClick={() => session.retrySaving()} className="!h-6">
        Retry
      </Button>
    </output>
  );
}
