'use client';

import { Timer } from 'lucide-react';
import { useState } from 'react';
import { showSeconds } from '../../../lib/show-seconds.ts';
import { problemOfCall } from '../../_client/api.ts';
import { Button } from '../../_ui/button.tsx';
import { complain } from '../state/session.ts';
import { measuredDevice } from './programs.ts';
import type { ShownProgram } from './shown-programs.ts';

/** `about 40 s in this page, 33 ms each` */
export function timeOf({ seconds, runs }: ShownProgram): string | undefined {
  if (seconds === undefined) return undefined;
  if (runs === undefined || runs === 1) return `about ${showSeconds(seconds)}`;
  return `about ${showSeconds(seconds * runs)}, ${showSeconds(seconds)} each`;
}

/** How long a program takes in this page, or the way to find out. */
export function ProgramTime({ program, measure }: { readonly program: ShownProgram; measure(): Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const time = timeOf(program);
  if (time !== undefined) return <span title={measuredDevice()?.device}>{time}</span>;
  const find = () => {
    setBusy(true);
    measure()
      .catch((error: unknown) => complain(problemOfCall(error)))
      .finally(() => setBusy(false));
  };
  return (
    <Button size="sm" disabled={busy} onClick={find} title="Once, for some seconds; kept in this browser">
      <Timer size={13} aria-hidden="true" /> {busy ? 'Measuring …' : 'Measure this device'}
    </Button>
  );
}
