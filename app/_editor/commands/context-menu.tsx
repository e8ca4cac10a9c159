'use client';

import { cx } from 'class-variance-authority';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { Keys } from '../../_ui/keys.tsx';
import { MenuContent, MenuLine, menuItem } from '../../_ui/menu-parts.tsx';
import { useEditor, useSession } from '../context.tsx';
import type { OpenMenu } from '../state/store.ts';
import { ColourMenu } from './colour-row.tsx';
import { commandGroups, isAvailable, isOffered, titleOfCommand } from './command.ts';
import { commands } from './commands.ts';
import { iconOf } from './icons.ts';
import { useReach } from './use-reach.ts';

/** What can be done with what was right-clicked, held down, or has the keyboard. */
export function ContextMenu() {
  const menu = useEditor((state) => state.menu);
  return menu ? <MenuAt key={`${menu.at.x},${menu.at.y},${menu.on}`} menu={menu} /> : null;
}

function MenuAt({ menu }: { readonly menu: OpenMenu }) {
  const session = useSession();
  const { store } = session;
  const reach = useReach();
  const [before] = useState(() => document.activeElement);
  const close = () => {
    store.setState({ menu: undefined });
  };
  const groups = commandGroups
    .map((group) =>
      commands.filter(
        (each) =>
          each.group === group &&
          each.places?.includes(menu.on) &&
          isOffered(each, session) &&
          (!each.seldom || isAvailable(each, reach)),
      ),
    )
    .filter((group) => group.length > 0);
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(open) => !open && close()}>
      <DropdownMenu.Trigger asChild>
        <span aria-hidden="true" className="fixed size-0" style={{ left: menu.at.x, top: menu.at.y }} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <MenuContent
          align="start"
          sideOffset={2}
          aria-label="Commands"
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // a command may have opened a field that has the keyboard now
            if (document.activeElement !== document.body) return;
            const place = before?.isConnected && before !== document.body ? before : document.getElementById('canvas');
            if (place instanceof HTMLElement) place.focus({ preventScroll: true });
          }}
          onContextMenu={(event) => event.preventDefault()}
        >
          {groups.map((group, i) => (
            <div key={group[0]!.id}>
              {i > 0 && <MenuLine />}
              {menu.on === 'node' && group[0]!.group === 'Node' && !session.readOnly && <ColourMenu />}
              {group.map((command) => {
                const Icon = iconOf(command);
                return (
                  <DropdownMenu.Item
                    key={command.id}
                    disabled={!isAvailable(command, reach)}
                    onSelect={() => {
                      close();
                      command.run(reach, menu.at);
                    }}
                    className={cx(menuItem, command.danger && 'text-bad [&_svg]:!text-bad')}
                  >
                    <span className="w-4">{Icon && <Icon size={15} />}</span>
                    <span className="flex-1 pr-4">{titleOfCommand(command, store.getState())}</span>
                    {command.keys?.[0] && <Keys keys={command.keys[0]} />}
                  </DropdownMenu.Item>
                );
              })}
            </div>
          ))}
        </MenuContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
