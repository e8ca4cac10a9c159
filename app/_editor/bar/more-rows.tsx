'use client';

import type { MenuParts } from '../../_ui/menu.tsx';
import { type AppCommand, isAvailable, isOffered, titleOfCommand } from '../commands/command.ts';
import { commandNamed } from '../commands/commands.ts';
import { iconOf } from '../commands/icons.ts';
import { useReach } from '../commands/use-reach.ts';
import { useEditor } from '../context.tsx';

const inMenu = [['versions', 'download', 'png'], ['palette', 'shortcuts', 'problems', 'inspector'], ['run-fresh']].map(
  (group) => group.map(commandNamed),
);

const onPhone = ['undo', 'redo', 'share', 'light', 'dark'].map(commandNamed);

/** What the bar has no room for. */
export function MoreRows({ parts: { MenuItem, MenuLine } }: { readonly parts: MenuParts }) {
  return (
    <>
      <div className="sm:hidden">
        {onPhone.map((command) => (
          <Row key={command.id} command={command} MenuItem={MenuItem} />
        ))}
        <MenuLine />
      </div>
      {inMenu.map((group, i) => (
        <div key={group[0]!.id}>
          {i > 0 && <MenuLine />}
          {group.map((command) => (
            <Row key={command.id} command={command} MenuItem={MenuItem} />
          ))}
        </div>
      ))}
    </>
  );
}

/** A command in the menu, as it stands when the menu opens. */
function Row({ command, MenuItem }: { readonly command: AppCommand } & Pick<MenuParts, 'MenuItem'>) {
  const reach = useReach();
  const title = useEditor((state) => titleOfCommand(command, state));
  const can = useEditor(() => isAvailable(command, reach));
  const Icon = iconOf(command);
  if (!isOffered(command, reach.session)) return null;
  return (
    <MenuItem
      icon={Icon ? <Icon size={15} /> : <span className="w-[15px]" />}
      {...(command.keys?.[0] && { shortcut: command.keys[0] })}
      disabled={!can}
      onSelect={() => command.run(reach)}
    >
      {title}
    </MenuItem>
  );
}
