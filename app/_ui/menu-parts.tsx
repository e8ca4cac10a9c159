'use client';

import { cx } from 'class-variance-authority';
import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { type ComponentProps, type ReactNode, useRef, useState } from 'react';
import { Keys } from './keys.tsx';
import { PlaceOf } from './place-of.tsx';

const menuPanel =
  'z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 animate-appear overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-floating outline-none';
export const menuItem =
  'flex h-7 pointer-coarse:h-9 w-full select-none items-center gap-2 rounded-md px-2 text-left text-sm outline-none data-[disabled]:opacity-45 data-[highlighted]:bg-surface-3 [&_svg]:text-ink-3';

/**
 * The panel of an open menu. Radix puts the keyboard on the first item where a key opened the menu, but hears keys only from
 * when the menu is there. Ours come after the key, some when their code has loaded: what had the keyboard then decides.
 */
export function MenuContent({ className, ...rest }: ComponentProps<typeof DropdownMenu.Content>) {
  const [byKey] = useState(() => document.activeElement?.matches(':focus-visible') === true);
  const entered = useRef(false);
  return (
    <DropdownMenu.Content
      collisionPadding={8}
      {...rest}
      className={cx(menuPanel, className)}
      onFocus={({ target, currentTarget }) => {
        // a pointer that leaves an item brings the keyboard back here: that is no entry
        if (target !== currentTarget || entered.current) return;
        entered.current = true;
        if (byKey)
          currentTarget
            .querySelector<HTMLElement>('[role^=menuitem]:not([data-disabled])')
            ?.focus({ preventScroll: true });
      }}
    />
  );
}

/** The open menu of a button. */
export function MenuPanel({
  anchor,
  align,
  onClose,
  children,
}: {
  readonly anchor: HTMLElement;
  readonly align: 'start' | 'center' | 'end';
  onClose(): void;
  readonly children: ReactNode;
}) {
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <DropdownMenu.Trigger asChild>
        <PlaceOf anchor={anchor} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <MenuContent
          align={align}
          sideOffset={6}
          aria-labelledby={undefined}
          aria-label={anchor.getAttribute('aria-label') ?? anchor.textContent ?? ''}
          // its button closes it by itself
          onInteractOutside={(event) => anchor.contains(event.target as Node) && event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // what was chosen may have opened something that has the keyboard now
            if (document.activeElement === document.body) anchor.focus({ preventScroll: true });
          }}
        >
          {children}
        </MenuContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function MenuItem({
  icon,
  shortcut,
  danger,
  onSelect,
  disabled,
  children,
}: {
  readonly icon?: ReactNode;
  readonly shortcut?: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  onSelect(): void;
  readonly children: ReactNode;
}) {
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      {...(disabled && { disabled })}
      className={cx(menuItem, danger && 'text-bad [&_svg]:!text-bad')}
    >
      {icon}
      <span className="flex-1">{children}</span>
      {shortcut && <Keys keys={shortcut} />}
    </DropdownMenu.Item>
  );
}

/** One of several: the chosen one is ticked. */
export function MenuChoice<T extends string>({
  value,
  onChange,
  label,
  options,
}: {
  readonly value: T;
  onChange(value: T): void;
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly title: string; readonly note?: string }[];
}) {
  return (
    <>
      <DropdownMenu.Label className="px-2 py-1 font-medium text-2xs text-ink-3">{label}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
        {options.map(({ value: each, title, note }) => (
          <DropdownMenu.RadioItem key={each} value={each} className={cx(menuItem, note && '!h-auto py-1')}>
            <span className="w-4">
              <DropdownMenu.ItemIndicator>
                <Check size={14} />
              </DropdownMenu.ItemIndicator>
            </span>
            <span className="flex-1">
              {title}
              {note && <span className="block max-w-56 text-2xs text-ink-3">{note}</span>}
            </span>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </>
  );
}

export const MenuLine = () => <DropdownMenu.Separator className="my-1 h-px bg-line" />;
