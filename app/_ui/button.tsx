import { cva, cx, type VariantProps } from 'class-variance-authority';
import type { ComponentProps, ReactNode } from 'react';
import { Tip } from './tip.tsx';

const button = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors duration-100 disabled:opacity-45 [&_svg]:shrink-0',
  {
    variants: {
      look: {
        solid: 'bg-solid text-on-solid hover:enabled:bg-solid-hover',
        outline: 'border border-line-strong bg-surface text-ink hover:enabled:bg-surface-3',
        plain: 'text-ink-2 hover:enabled:bg-surface-3 hover:enabled:text-ink aria-expanded:bg-surface-3',
        danger: 'bg-bad text-surface hover:enabled:opacity-90',
      },
      size: { sm: 'h-7 px-2.5 text-xs', md: 'h-8 px-3 text-sm', lg: 'h-10 px-4 text-base' },
    },
    defaultVariants: { look: 'outline', size: 'md' },
  },
);

export type ButtonProps = ComponentProps<'button'> & VariantProps<typeof button>;

export function Button({ look, size, className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={cx(button({ look, size }), className)} {...rest} />;
}

export const buttonClass = button;

const squares = { sm: 'size-7', md: 'size-8', lg: 'size-10' } as const;

/** A button of an icon alone: its label is its name and its tooltip. */
export function IconButton({
  label,
  shortcut,
  icon,
  size = 'md',
  look = 'plain',
  className,
  ...rest
}: Omit<ButtonProps, 'children'> & { label: string; shortcut?: string; icon: ReactNode }) {
  return (
    <Tip text={label} {...(shortcut && { shortcut })}>
      <Button
        aria-label={label}
        look={look}
        size={size}
        className={cx('!px-0', squares[size ?? 'md'], className)}
        {...rest}
      >
        {icon}
      </Button>
    </Tip>
  );
}
