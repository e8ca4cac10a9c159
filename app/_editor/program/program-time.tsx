'use client';

import { Timer } from 'lucide-react';
import { useState } from 'react';
import { showSeconds } from '../../../lib/show-seconds.ts';
import { problemOfCall } from '../../_client/api.ts';
import { Button } from '../../_ui/button.tsx';
import { complain } from '../state/session.ts';
import type { ShownProgram } from './shown-programs.ts';
import { type Device, deviceInWords } from './use-device.ts';

/** `about 40 s, 33 ms each`; `33 ms each time` where nobody knows how often. */
export function timeOf({ seconds, runs }: Pick<ShownProgram, 'seconds' | 'runs'>): string | undefined {
  if (seconds === undefined) return undefined;
  if (runs === undefined) return `about ${showSeconds(seconds)} each time`;
  if (runs === 1) return `about ${showSeconds(seconds)}`;
  return `about ${showSeconds(seconds * runs)}, ${showSeconds(seconds)} each`;
}

export const placeInWords = ({ where }: Pick<Device, 'where'>): string =>
  where === 'page' ? 'in this page' : 'on the server';

/** How long a program takes, and on which device. */
export function ProgramTime({ program, device }: { readonly program: ShownProgram; readonly device: Device }) {
  return <DeviceTime time={timeOf(program)} device={device} />;
}

/** A time with the device that it is of; where that was not measured, the way to find out. */
export function DeviceTime({ time, device }: { readonly time: string | undefined; readonly device: Device }) {
  const words = deviceInWords(device);
  if (time === undefined && !device.calibration) return <Unmeasured device={device} />;
  return (
    <>
      {time ?? '…'}
      {words !== undefined && <span className="block font-normal text-2xs text-ink-3">{words}</span>}
    </>
  );
}

function Unmeasured({ device: { measure, title } }: { readonly device: Device }) {
  const [busy, setBusy] = useState(false);
  if (!measure)
    return (
      <span className="font-normal text-ink-3">{title ? `${title}: not measured yet` : 'no runner is there'}</span>
    );
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
