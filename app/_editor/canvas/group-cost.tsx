'use client';

import { useMemo } from 'react';
import { useEditor, useSession } from '../context.tsx';
import { placeInWords } from '../program/program-time.tsx';
import { deviceInWords, useDevice } from '../program/use-device.ts';
import { timeIn, useTimes } from '../program/use-times.ts';
import { costInWords, costOf } from '../state/group-cost.ts';
import { nodesInside } from '../state/inside-frame.ts';
import { pathOf } from '../state/scope.ts';

/** What the nodes in a frame come to. */
export default function GroupCost({ id }: { readonly id: string }) {
  const { store, view } = useSession();
  const check = useEditor((state) => state.check);
  const nodes = useEditor(({ log }) => log.document.nodes);
  const inside = useMemo(() => nodesInside({ nodes }, id, (ids) => view?.boxes(ids) ?? {}), [nodes, id, view]);
  const cost = useMemo(
    () => (check ? costInWords(costOf(store.getState().log.document, check, inside)) : ''),
    [check, inside, store],
  );
  const device = useDevice();
  const times = useTimes(device.calibration);
  const prefix = useEditor((state) => pathOf(state, ''));
  if (cost === '') return null;
  const time =
    times &&
    timeIn(
      times,
      inside.map((each) => prefix + each),
    );
  const text = time === undefined ? cost : `${cost} · ${time}`;
  const where = time === undefined ? '' : ` ${placeInWords(device)}, ${deviceInWords(device)}`;
  return (
    <span
      title={`The ${inside.length === 1 ? 'node' : `${inside.length} nodes`} in it: ${text}${where}`}
      className="node-detail tabular ml-2 min-w-0 flex-1 truncate text-right text-2xs text-ink-2"
    >
      {text}
    </span>
  );
}
