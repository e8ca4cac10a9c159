'use client';

import { useEditor } from '../context.tsx';
import { pathOf } from '../state/scope.ts';
import { anyPrograms } from './has-programs.ts';
import { DeviceTime, placeInWords } from './program-time.tsx';
import { useDevice } from './use-device.ts';
import { timeIn, useTimes } from './use-times.ts';

/** How long a run of the graph that is seen computes: all programs of its nodes, as a row of its totals. */
export default function GraphTime() {
  const device = useDevice();
  const times = useTimes(device.calibration);
  const ids = useEditor(({ log }) => log.document.nodes);
  const prefix = useEditor((state) => pathOf(state, ''));
  const computes = useEditor(({ check }) => anyPrograms(check));
  if (!computes) return null;
  const paths = Object.keys(ids).map((id) => prefix + id);
  const time = times && timeIn(times, paths);
  // only a run tells how long it takes
  if (times && time === undefined) return null;
  return (
    <div className="contents">
      <dt className="text-ink-2" title="Of its tensor programs; reading and preparing data comes on top">
        Time {placeInWords(device)}
      </dt>
      <dd className="tabular text-right font-medium">
        <DeviceTime time={time} device={device} />
      </dd>
    </div>
  );
}
