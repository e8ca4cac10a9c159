import { useEffect, useState } from 'react';
import type { CheckResult } from '../../../compiler/check.ts';
import type { Calibration } from '../../../ir/roofline.ts';
import { showSeconds } from '../../../lib/show-seconds.ts';
import { useEditor, useSession } from '../context.tsx';
import { wholeOf } from '../state/scope.ts';
import type { Whole } from '../state/store.ts';
import { anyPrograms } from './has-programs.ts';
import { estimateTimes } from './programs.ts';
import type { TimesAnswer } from './shown-programs.ts';

/** A graph that is being edited is not compiled whole at each step. */
const CALM_MS = 1_000;

interface Asked {
  readonly check: CheckResult | undefined;
  readonly calibration: Calibration;
  readonly status: string | undefined;
  readonly answer: Promise<TimesAnswer>;
}
let last: Asked | undefined;

/** Asked for once by all who show a part of it. */
function timesOf(whole: Whole, calibration: Calibration, source: Parameters<typeof estimateTimes>[2]) {
  const { check, run } = whole;
  const known = last && last.check === check && last.calibration === calibration && last.status === run?.status;
  if (!known) last = { check, calibration, status: run?.status, answer: estimateTimes(whole, calibration, source) };
  return last!.answer;
}

/** Seconds that a run of each node computes, by its path, on a device: undefined until they are known. */
export function useTimes(calibration: Calibration | undefined): TimesAnswer | undefined {
  const { store, values } = useSession();
  const check = useEditor((state) => wholeOf(state).check);
  const status = useEditor((state) => wholeOf(state).run?.status);
  const [times, setTimes] = useState<TimesAnswer>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each check, and when a run has told more
  useEffect(() => {
    if (!calibration || !anyPrograms(check)) {
      setTimes(undefined);
      return;
    }
    let gone = false;
    const tell = (found: TimesAnswer | undefined) => {
      if (!gone) setTimes(found);
    };
    const waiting = setTimeout(
      () => void timesOf(wholeOf(store.getState()), calibration, values).then(tell, () => tell(undefined)),
      times ? CALM_MS : 0,
    );
    return () => {
      gone = true;
      clearTimeout(waiting);
    };
  }, [store, values, calibration, check, status]);
  return times;
}

/** `about 40 s`, of all nodes that lie at some paths or below them; undefined where nothing is known of them. */
export function timeIn({ seconds, open }: TimesAnswer, paths: readonly string[]): string | undefined {
  const isInside = (path: string) => paths.some((each) => path === each || path.startsWith(`${each}/`));
  const inside = Object.entries(seconds).filter(([path]) => isInside(path));
  if (inside.length === 0) return undefined;
  const sum = inside.reduce((all, [, each]) => all + each, 0);
  return `${open.some(isInside) ? 'at least' : 'about'} ${showSeconds(sum)}`;
}
