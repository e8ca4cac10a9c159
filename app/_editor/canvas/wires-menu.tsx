'use client';

import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { type ReactNode, useMemo } from 'react';
import { portKinds } from '../../../graph/types.ts';
import { Keys } from '../../_ui/keys.tsx';
import type { MenuParts } from '../../_ui/menu.tsx';
import { menuItem } from '../../_ui/menu-parts.tsx';
import { useEditor, useSession } from '../context.tsx';
import { areChosen, kindOfWire, nothingHidden } from '../state/hidden-wires.ts';
import { showAll, toggleChosen, toggleKind, toggleOthers } from './hiding-actions.ts';

/** What is seen of the wires. It stays open while kinds are chosen. */
export function WiresMenu({ parts: { MenuItem, MenuLine } }: { readonly parts: MenuParts }) {
  const session = useSession();
  const document = useEditor(({ log }) => log.document);
  const hiding = useEditor((state) => state.hiding);
  const chosen = useEditor(({ selection }) => selection.edges.size);
  const isShown = useEditor((state) => !areChosen(state));
  const counts = useMemo(() => {
    const found = new Map<string, number>();
    for (const edge of Object.values(document.edges)) {
      const kind = kindOfWire(document, edge);
      found.set(kind, (found.get(kind) ?? 0) + 1);
    }
    return found;
  }, [document]);
  const kinds = [...portKinds, 'any'].filter((kind) => counts.has(kind) || hiding.kinds.has(kind));
  const room = <span className="w-4" />;
  return (
    <>
      <MenuItem icon={room} shortcut="Shift+H" disabled={hiding === nothingHidden} onSelect={() => showAll(session)}>
        Show all wires
      </MenuItem>
      <Choice on={hiding.others} keys="W" onToggle={() => toggleOthers(session)}>
        Only wires of the selection
      </Choice>
      <MenuItem icon={room} shortcut="H" disabled={chosen === 0} onSelect={() => toggleChosen(session)}>
        {isShown ? 'Hide' : 'Show'} {chosen > 1 ? 'these wires' : 'the selected wire'}
      </MenuItem>
      {kinds.length > 0 && (
        <DropdownMenu.Group aria-label="Types that are shown">
          <MenuLine />
          <DropdownMenu.Label className="px-2 py-1 font-medium text-2xs text-ink-3">
            Types that are shown
          </DropdownMenu.Label>
          {kinds.map((kind) => (
            <Choice key={kind} on={!hiding.kinds.has(kind)} onToggle={() => toggleKind(session, kind)}>
              <span data-kind={kind} className="flex items-center gap-2">
                <span className="h-0.5 w-4 rounded-full bg-kind" aria-hidden="true" />
                {kind}
                <span className="tabular ml-auto pl-3 text-2xs text-ink-3">{counts.get(kind) ?? 0}</span>
              </span>
            </Choice>
          ))}
        </DropdownMenu.Group>
      )}
    </>
  );
}

function Choice({
  on,
  keys,
  onToggle,
  children,
}: {
  readonly on: boolean;
  readonly keys?: string;
  onToggle(): void;
  readonly children: ReactNode;
}) {
  return (
    <DropdownMenu.CheckboxItem
      checked={on}
      onCheckedChange={onToggle}
      onSelect={(event) => event.preventDefault()}
      className={menuItem}
    >
      <span className="w-4">
        <DropdownMenu.ItemIndicator>
          <Check size={14} />
        </DropdownMenu.ItemIndicator>
      </span>
      <span className="flex-1">{children}</span>
      {keys !== undefined && <Keys keys={keys} />}
    </DropdownMenu.CheckboxItem>
  );
}
