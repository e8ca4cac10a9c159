import { useEffect, useState } from 'react';
import type { Calibration } from '../../../ir/roofline.ts';
import { api } from '../../_client/api.ts';
import { useEditor } from '../context.tsx';
import { measureDevice, measuredDevice } from './programs.ts';

/** What the next run is computed with, as far as it is known, for estimates of its time. */
export interface Device {
  readonly where: 'page' | 'server';
  readonly title?: string;
  /** How fast it is; absent until it was measured. */
  readonly calibration?: Calibration;
  /** Runners with other devices, which may take the run too. */
  readonly others?: number;
  /** Measures it: of a page only. Runners measure themselves while they have nothing to do. */
  measure?(): Promise<void>;
}

type Runners = Awaited<ReturnType<typeof api.runners.devices.query>>;

const FRESH_MS = 20_000;
let asked: { readonly at: number; readonly runners: Promise<Runners> } | undefined;

/** The server's devices, asked for once by all who show them. */
function runnersNow(): Promise<Runners> {
  if (!asked || Date.now() - asked.at > FRESH_MS)
    // an estimate is no reason to complain: where nobody answers there is none
    asked = { at: Date.now(), runners: api.runners.devices.query().catch(() => []) };
  return asked.runners;
}

/** The runner that said something last and was measured; where none was, one that is there. */
export function deviceOfServer(runners: Runners): Device {
  const chosen = runners.find(({ calibration }) => calibration) ?? runners[0];
  const others = new Set(runners.map(({ device }) => device)).size - 1;
  return {
    where: 'server',
    ...(chosen && { title: chosen.device }),
    ...(chosen?.calibration && { calibration: chosen.calibration }),
    ...(others > 0 && { others }),
  };
}

/** In words, to stand beside an estimate. */
export const deviceInWords = ({ title, others = 0 }: Device): string | undefined =>
  title && (others > 0 ? `${title}, or another device of the server` : title);

/** The device of the next run, by where it is to be: estimates follow the choice beside Run. */
export function useDevice(): Device {
  const where = useEditor((state) => state.where);
  const [runners, setRunners] = useState<Runners>([]);
  const [page, setPage] = useState(measuredDevice);
  useEffect(() => {
    if (where !== 'server') return;
    let gone = false;
    const look = () =>
      void runnersNow().then((found) => {
        if (!gone) setRunners((known) => (JSON.stringify(known) === JSON.stringify(found) ? known : found));
      });
    look();
    // one that has just been measured, or has gone
    const clock = setInterval(look, FRESH_MS + 1_000);
    return () => {
      gone = true;
      clearInterval(clock);
    };
  }, [where]);
  if (where === 'server') return deviceOfServer(runners);
  return {
    where,
    ...(page && { title: page.device, calibration: page.calibration }),
    async measure() {
      await measureDevice();
      setPage(measuredDevice());
    },
  };
}
