'use client';

import { Command } from 'cmdk';
import { Check, Search } from 'lucide-react';
import { useState } from 'react';
import { Keys } from '../../_ui/keys.tsx';
import { useEditor, useSession } from '../context.tsx';
import { score, wordsOf } from '../state/search-entries.ts';
import type { EditorState } from '../state/store.ts';
import { type AppCommand, commandGroups, isAvailable, titleOfCommand } from './command.ts';
import { commands } from './commands.ts';
import { iconOf } from './icons.ts';
import { kindCommands } from './kind-commands.ts';
import { useReach } from './use-reach.ts';

/** Every command, by name, with its shortcut. */
export function CommandPalette() {
  const open = useEditor((state) => state.dialog === 'commands');
  return open ? <Palette /> : null;
}

function Palette() {
  const { store } = useSession();
  const reach = useReach();
  const close = () => store.setState({ dialog: undefined });
  const state = store.getState();
  const [query, setQuery] = useState('');
  const shown = [...commands, ...kindCommands].filter(
    (command) => command.id !== 'palette' && isAvailable(command, reach),
  );
  const item = (command: AppCommand) => (
    <CommandItem
      key={command.id}
      command={command}
      onSelect={() => {
        close();
        command.run(reach);
      }}
    />
  );
  return (
    <Command.Dialog
      open
      shouldFilter={false}
      onOpenChange={(next) => !next && close()}
      label="Commands"
      overlayClassName="fixed inset-0 z-40 animate-fade bg-[oklch(0.2_0.01_262/0.35)]"
      contentClassName="fixed top-[14dvh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 overflow-hidden rounded-xl border border-line-strong bg-surface shadow-dialog"
    >
      <div className="relative border-line border-b">
        <Search size={16} className="absolute top-3.5 left-4 text-ink-3" aria-hidden="true" />
        <Command.Input
          placeholder="Search commands"
          value={query}
          onValueChange={setQuery}
          className="h-11 w-full bg-transparent pr-4 pl-11 text-base placeholder:text-ink-3 focus:outline-none"
        />
      </div>
      <Command.List className="max-h-[min(420px,60dvh)] overflow-auto p-1.5">
        <Command.Empty className="py-8 text-center text-ink-2">No command by that name.</Command.Empty>
        {query.trim()
          ? bestFirst(shown, query, state).map(item)
          : commandGroups.map((group) => {
              const own = shown.filter((command) => command.group === group);
              return (
                own.length > 0 && (
                  <Command.Group
                    key={group}
                    heading={group}
                    className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:text-ink-3"
                  >
                    {own.map(item)}
                  </Command.Group>
                )
              );
            })}
      </Command.List>
    </Command.Dialog>
  );
}

/** Commands that fit what was typed, as nodes are found: the first one runs on Enter. */
function bestFirst(all: readonly AppCommand[], query: string, state: EditorState): AppCommand[] {
  const words = wordsOf(query);
  return all
    .map((command) => {
      const keywords = command.words?.split(' ') ?? [];
      return { command, fit: score({ id: command.id, title: titleOfCommand(command, state), keywords }, words) };
    })
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit)
    .map(({ command }) => command);
}

function CommandItem({ command, onSelect }: { readonly command: AppCommand; onSelect(): void }) {
  const state = useSession().store.getState();
  const Icon = iconOf(command);
  return (
    <Command.Item
      value={command.id}
      onSelect={onSelect}
      className="flex h-8 cursor-pointer items-center gap-2.5 rounded-md px-2 data-[selected=true]:bg-surface-3"
    >
      <span className="w-4 text-ink-3">{Icon && <Icon size={15} aria-hidden="true" />}</span>
      <span className="min-w-0 flex-1 truncate">{titleOfCommand(command, state)}</span>
      {command.isOn?.(state) && <Check size={14} className="text-ink-3" aria-label="on" />}
      {command.keys?.[0] && <Keys keys={command.keys[0]} />}
    </Command.Item>
  );
}
