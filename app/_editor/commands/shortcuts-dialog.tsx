'use client';

import { Window } from '../../_ui/dialog.tsx';
import { Keys } from '../../_ui/keys.tsx';
import { useEditor, useSession } from '../context.tsx';
import { commandGroups } from './command.ts';
import { commands } from './commands.ts';

/** What the mouse does, which no command can tell. */
const gestures: readonly (readonly [string, string])[] = [
  ['Search for a node', 'Double-click the canvas'],
  ['Move around', 'Drag the canvas'],
  ['Zoom', 'Wheel or pinch'],
  ['Select several', 'Shift and drag, or Ctrl and click'],
  ['See what fits a wire', 'Drop the wire in the open'],
  ['Move a wire', 'Drag it out of its port'],
  ['Menu of a node', 'Right-click, hold, or Shift and F10'],
  ['Move selected nodes', 'Arrow keys'],
];

export function ShortcutsDialog() {
  const { store } = useSession();
  const open = useEditor((state) => state.dialog === 'shortcuts');
  const state = store.getState();
  return (
    <Window open={open} onClose={() => store.setState({ dialog: undefined })} title="Keyboard and mouse" wide>
      <div className="gap-x-10 sm:columns-2">
        {commandGroups.map((group) => {
          const own = commands.filter((command) => command.group === group && command.keys);
          if (own.length === 0) return null;
          return (
            <section key={group} className="mb-5 break-inside-avoid">
              <h3 className="mb-1 font-semibold text-xs">{group}</h3>
              <dl>
                {own.map(({ id, title, keys }) => (
                  <div key={id} className="flex h-7 items-center justify-between gap-4 border-line border-t">
                    <dt className="text-ink-2">
                      {(typeof title === 'string' ? title : title(state)).replace(/:.*/, '')}
                    </dt>
                    <dd>
                      <Keys keys={keys![0]!} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
        <section className="break-inside-avoid">
          <h3 className="mb-1 font-semibold text-xs">Mouse and touch</h3>
          <dl>
            {gestures.map(([what, how]) => (
              <div key={what} className="flex min-h-7 items-center justify-between gap-4 border-line border-t py-0.5">
                <dt className="text-ink-2">{what}</dt>
                <dd className="text-right text-xs">{how}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Window>
  );
}
