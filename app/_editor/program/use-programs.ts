import { useEffect, useState } from 'react';
import { problemOf } from '../../../lib/problem.ts';
import { useEditor, useSession } from '../context.tsx';
import { wholeOf } from '../state/scope.ts';
import { compilePrograms } from './programs.ts';
import type { ProgramsAnswer } from './shown-programs.ts';
import { type Device, useDevice } from './use-device.ts';

/** The programs of a node as the graph is now, undefined until they are there, and the device that their times are of. */
export function usePrograms(node: string): { answer: ProgramsAnswer | undefined; device: Device } {
  const { store, values } = useSession();
  const check = useEditor((state) => wholeOf(state).check);
  const run = useEditor((state) => wholeOf(state).run?.status);
  const [answer, setAnswer] = useState<ProgramsAnswer>();
  const device = useDevice();
  const { calibration } = device;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new check or an ended run: it looks again
  useEffect(() => {
    let gone = false;
    // not at each letter that is typed
    const waiting = setTimeout(
      () =>
        void compilePrograms(wholeOf(store.getState()), node, values, calibration).then(
          (found) => !gone && setAnswer(found),
          (error: unknown) => !gone && setAnswer({ problem: problemOf(error) }),
        ),
      answer ? 300 : 0,
    );
    return () => {
      gone = true;
      clearTimeout(waiting);
    };
  }, [store, values, node, check, run, calibration]);
  return { answer, device };
}
