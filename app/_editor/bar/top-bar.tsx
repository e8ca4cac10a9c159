'use client';

import { Ellipsis, PanelLeft, Redo2, Search, Share2, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { lazy, Suspense } from 'react';
import { AccountMenu } from '../../_account/account-menu.tsx';
import { insist } from '../../_client/insist.ts';
import { Button, IconButton } from '../../_ui/button.tsx';
import { Logo } from '../../_ui/logo.tsx';
import { Menu } from '../../_ui/menu.tsx';
import { ThemeSwitch } from '../../_ui/theme-switch.tsx';
import { type AppCommand, titleOfCommand } from '../commands/command.ts';
import { commandNamed } from '../commands/commands.ts';
import { useReach } from '../commands/use-reach.ts';
import { useEditor, useSession } from '../context.tsx';
import { GraphName } from './graph-name.tsx';
import { RunControls } from './run-controls.tsx';
import { SaveMark } from './save-mark.tsx';

const MoreRows = lazy(async () => ({ default: (await insist(() => import('./more-rows.tsx'))).MoreRows }));

export function TopBar() {
  const session = useSession();
  const { readOnly, store } = session;
  const panel = useEditor((state) => state.panel);
  return (
    <header className="z-20 flex h-12 shrink-0 items-center gap-1 border-line border-b bg-surface pr-2 pl-2.5 sm:gap-1.5">
      <Link href="/" aria-label="Your graphs" title="Your graphs" className="rounded-md p-1 hover:bg-surface-3">
        <Logo size={24} />
      </Link>
      {!readOnly && (
        <IconButton
          label={panel ? 'Hide the list of nodes' : 'Show the list of nodes'}
          icon={<PanelLeft size={16} />}
          aria-pressed={panel !== undefined}
          onClick={() => store.setState({ panel: panel ? undefined : 'add' })}
        />
      )}
      <GraphName />
      <SaveMark />
      <span className="min-w-2 flex-1" />
      {!readOnly && (
        <div className="flex items-center max-md:hidden">
          <CommandButton command={commandNamed('undo')} icon={<Undo2 size={16} />} />
          <CommandButton command={commandNamed('redo')} icon={<Redo2 size={16} />} />
        </div>
      )}
      <CommandButton command={commandNamed('palette')} icon={<Search size={16} />} className="max-sm:hidden" />
      <div className="flex max-sm:hidden">
        <ThemeSwitch />
        <AccountMenu />
      </div>
      <More />
      {!readOnly && (
        <Button onClick={() => store.setState({ dialog: 'share' })} className="max-sm:hidden">
          <Share2 size={15} aria-hidden="true" />
          Share
        </Button>
      )}
      <RunControls />
    </header>
  );
}

function CommandButton({
  command,
  icon,
  className,
}: {
  readonly command: AppCommand;
  readonly icon: React.ReactNode;
  readonly className?: string;
}) {
  const reach = useReach();
  const title = useEditor((state) => titleOfCommand(command, state));
  const can = useEditor((state) => command.can?.(state) ?? true);
  return (
    <IconButton
      label={title}
      {...(command.keys?.[0] && { shortcut: command.keys[0] })}
      icon={icon}
      disabled={!can}
      {...(className !== undefined && { className })}
      onClick={() => command.run(reach)}
    />
  );
}

function More() {
  return (
    <Menu trigger={<IconButton label="More" icon={<Ellipsis size={16} />} />}>
      {(parts) => (
        <Suspense>
          <MoreRows parts={parts} />
        </Suspense>
      )}
    </Menu>
  );
}
