'use client';

import { Slot } from 'radix-ui';
import { type ReactNode, useRef, useState } from 'react';
import { insist } from '../_client/insist.ts';

/** What menus are made of: code that is loaded when the first one is opened. */
export type MenuParts = typeof import('./menu-parts.tsx');

/** A menu that hangs from a button. */
export function Menu({
  trigger,
  align = 'end',
  children,
}: {
  readonly trigger: ReactNode;
  readonly align?: 'start' | 'center' | 'end';
  children(parts: MenuParts): ReactNode;
}) {
  const [parts, setParts] = useState<MenuParts>();
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLElement>(null);
  const show = async () => {
    setOpen(true);
    if (!parts) setParts(await insist(() => import('./menu-parts.tsx')));
  };
  return (
    <>
      <Slot.Root
        ref={anchor}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => (open ? setOpen(false) : void show())}
        onKeyDown={(event: React.KeyboardEvent) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          void show();
        }}
      >
        {trigger}
      </Slot.Root>
      {open && parts && anchor.current && (
        <parts.MenuPanel anchor={anchor.current} align={align} onClose={() => setOpen(false)}>
          {children(parts)}
        </parts.MenuPanel>
      )}
    </>
  );
}
