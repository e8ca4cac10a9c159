import { useEffect, useState } from 'react';
import { problemOf } from '../../../lib/problem.ts';
import { useEditor, useSession } from '../context.tsx';
import { wholeOf } from '../state/scope.ts';
import { compilePrograms, measureDevice } from './programs.ts';
import type { ProgramsAnswer } from './shown-programs.ts';

/** The programs of a node as the graph is now: undefined until they are there. `measure` asks what the device can do first. */
export function usePrograms(node: string): { answer: ProgramsAnswer | undefined; measure(): Promise<void> } {
  const { store, values } = useSession();
  const check = useEditor((state) => wholeOf(state).check);
  const run = useEditor((state) => wholeOf(state).run?.status);
  const [answer, setAnswer] = useState<ProgramsAnswer>();
  const [measured, setMeasured] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new check, an ended run or a measured device: it looks again
  useEffect(() => {
    let gone = false;
    // not at each letter that is typed
    const waiting = setTimeout(
      () =>
        void compilePrograms(wholeOf(store.getState()), node, values).then(
          (found) => !gone && setAnswer(found),
          (error: unknown) => !gone && setAnswer({ problem: problemOf(error) }),
        ),
      answer ? 300 : 0,
    );
    return () => {
      gone = true;
      clearTimeout(waiting);
    };
  }, [store, values, node, check, run, measured]);
  return {
    answer,
    async measure() {
      await measureDevice();
      setMeasured((times) => times + 1);
    },
  };
}
