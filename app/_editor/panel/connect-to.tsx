'use client';

import { DropdownMenu } from 'radix-ui';
import { MenuContent, MenuLine, menuItem } from '../../_ui/menu-parts.tsx';
import { drawWire } from '../actions.ts';
import { useSession } from '../context.tsx';
import { type OutlineRow, portsFor } from '../state/outline.ts';
import type { Point } from '../state/store.ts';
import { fitting, looseEnd, titleOf } from '../state/wiring.ts';

/** Where a wire from a port may go: every port that fits, and a new node. */
export function ConnectTo({
  row,
  via,
  anchor,
  onClose,
}: {
  readonly row: Pick<OutlineRow, 'node' | 'port' | 'side'>;
  /** The points that the wire is led through. */
  readonly via?: readonly Point[];
  readonly anchor: Element | undefined;
  onClose(): void;
}) {
  const session = useSession();
  const { store, document } = session;
  const { node, port = '', side = 'outputs' } = row;
  const end = { node, port };
  const loose = looseEnd(document, end, side);
  const ports = portsFor(document, fitting(document, end, loose), loose.seeks);
  const { left, bottom } = anchor?.getBoundingClientRect() ?? new DOMRect();
  const connectTo = (other: { readonly node: string; readonly port: string }) => {
    const problem = side === 'outputs' ? drawWire(session, end, other, via) : drawWire(session, other, end);
    store.setState({
      said: problem ? problem.message : `Connected to ${titleOf(document, other.node)}, ${other.port}`,
    });
  };
  const search = () => {
    const at = { x: left + 20, y: bottom };
    const last = via?.at(-1);
    const { x, y } = document.nodes[node]?.position ?? { x: 0, y: 0 };
    const position = last ? { x: last.x + 72, y: last.y } : { x: side === 'outputs' ? x + 288 : x - 72, y };
    store.setState({ quickAdd: { at, position, wire: { end, loose, via } } });
  };
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <DropdownMenu.Trigger asChild>
        <span aria-hidden="true" className="fixed size-0" style={{ left: left + 20, top: bottom }} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <MenuContent
          align="start"
          aria-label={`Connect ${titleOf(document, node)}, ${port}`}
          className="!max-h-[min(20rem,var(--radix-dropdown-menu-content-available-height))] w-64"
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          <DropdownMenu.Item className={menuItem} onSelect={search}>
            New node…
          </DropdownMenu.Item>
          <MenuLine />
          {ports.map((other) => (
            <DropdownMenu.Item
              key={`${other.node}|${other.port}`}
              className={menuItem}
              onSelect={() => connectTo(other)}
            >
              <span className="min-w-0 flex-1 truncate">{titleOf(document, other.node)}</span>
              <span className="text-ink-2 text-xs">{other.port}</span>
            </DropdownMenu.Item>
          ))}
          {ports.length === 0 && <p className="px-2 py-1.5 text-ink-2 text-xs">No port of this graph fits yet.</p>}
        </MenuContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
