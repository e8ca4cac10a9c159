'use client';

import { showBytes, showFlops } from '../state/show-cost.ts';
import { ProgramTime, placeInWords } from './program-time.tsx';
import { usePrograms } from './use-programs.ts';

/** What the first program of a node takes, from the program itself. */
export function ProgramCost({ path }: { readonly path: string }) {
  const { answer, device } = usePrograms(path);
  const program = answer && 'programs' in answer ? answer.programs[0] : undefined;
  if (!program) return null;
  const rows = [
    ['Work of one run', showFlops(program.flops)],
    ['Memory at its peak', showBytes(program.memory)],
  ] as const;
  return (
    <>
      <h3 className="mt-3 mb-1 font-medium text-2xs text-ink-3">{program.title}, compiled</h3>
      <dl className="grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-1 text-xs">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-2">{name}</dt>
            <dd className="tabular text-right font-medium">{value}</dd>
          </div>
        ))}
        <dt className="text-ink-2">Time {placeInWords(device)}</dt>
        <dd className="tabular text-right font-medium">
          <ProgramTime program={program} device={device} />
        </dd>
      </dl>
    </>
  );
}
