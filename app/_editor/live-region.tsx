'use client';

import { useEffect } from 'react';
import { useEditor, useSession } from './context.tsx';
import { showMilliseconds } from './state/run-state.ts';
import { wholeOf } from './state/scope.ts';
import { titleAt } from './state/wiring.ts';

/** Says what happens to those who do not see it: refusals, what a run does, what became of it. */
export function LiveRegion() {
  const said = useEditor((state) => state.said);
  return (
    <div aria-live="polite" className="sr-only">
      <RunTeller />
      {said}
    </div>
  );
}

function RunTeller() {
  const { store } = useSession();
  useEffect(
    () =>
      store.subscribe((state, earlier) => {
        const { run, log } = wholeOf(state);
        const old = wholeOf(earlier).run;
        if (!run) return;
        const say = (said: string) => store.setState({ said });
        if (run.status !== old?.status || run.id !== old.id) {
          if (run.status === 'running') say(`The run has begun${run.device ? ` on ${run.device}` : ''}.`);
          if (run.status === 'succeeded') say(`The run is done, after ${showMilliseconds(run.ms ?? 0)}.`);
          if (run.status === 'cancelled') say('The run was stopped.');
          if (run.status === 'failed') say(`The run failed. ${run.problem?.message ?? ''}`);
          return;
        }
        for (const [id, { status }] of Object.entries(run.nodes))
          if (status === 'running' && old.nodes[id]?.status !== 'running') say(`${titleAt(log.document, id)} runs.`);
      }),
    [store],
  );
  return null;
}
