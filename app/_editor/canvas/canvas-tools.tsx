'use client';

import { Panel, useStore } from '@xyflow/react';
import { Cable, Map as MapIcon, Maximize, Minus, Plus } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { insist } from '../../_client/insist.ts';
import { IconButton } from '../../_ui/button.tsx';
import { Menu } from '../../_ui/menu.tsx';
import { useEditor, useSession } from '../context.tsx';
import { Minimap } from './minimap.tsx';

const WiresMenu = lazy(async () => ({ default: (await insist(() => import('./wires-menu.tsx'))).WiresMenu }));

/** Zoom, fit, what is seen of the wires, and the map of the whole graph. */
export function CanvasTools() {
  const session = useSession();
  const [map, setMap] = useState(true);
  // above an open dock there is no room for it
  const room = useEditor(({ dock }) => dock === undefined);
  return (
    <>
      <Distance />
      {map && room && <Minimap />}
      <Panel position="bottom-right" className="!m-3">
        <div className="flex items-center rounded-lg border border-line-strong bg-surface p-0.5 shadow-raised">
          <IconButton
            size="sm"
            label="Zoom out"
            shortcut="Mod+-"
            icon={<Minus size={15} />}
            onClick={() => session.view?.zoomBy(1 / 1.25)}
          />
          <Zoom />
          <IconButton
            size="sm"
            label="Zoom in"
            shortcut="Mod+="
            icon={<Plus size={15} />}
            onClick={() => session.view?.zoomBy(1.25)}
          />
          <span className="mx-0.5 h-4 w-px bg-line" />
          <IconButton
            size="sm"
            label="Show everything"
            shortcut="Shift+1"
            icon={<Maximize size={15} />}
            onClick={() => session.view?.fit()}
          />
          <Menu trigger={<IconButton size="sm" label="Wires" icon={<Cable size={15} />} />}>
            {(parts) => (
              <Suspense>
                <WiresMenu parts={parts} />
              </Suspense>
            )}
          </Menu>
          <IconButton
            size="sm"
            label="Map"
            icon={<MapIcon size={15} />}
            aria-pressed={map}
            className="max-md:hidden aria-pressed:text-ink"
            onClick={() => setMap(!map)}
          />
        </div>
      </Panel>
    </>
  );
}

/** Below this zoom, text of a node can't be read. */
const FAR = 0.36;

/** Marks the canvas while it is seen from afar: styles then show less of each node, larger. */
function Distance() {
  const isFar = useStore(({ transform }) => transform[2] < FAR);
  const mark = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    mark.current?.closest('.canvas')?.toggleAttribute('data-far', isFar);
  }, [isFar]);
  return <span ref={mark} hidden />;
}

/** The only thing of ours that is drawn while zooming; panning leaves it alone. */
function Zoom() {
  const percent = useStore(({ transform }) => Math.round(transform[2] * 100));
  return <span className="tabular w-10 text-center text-ink-2 text-xs">{percent}%</span>;
}
