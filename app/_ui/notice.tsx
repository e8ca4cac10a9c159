import { cx } from 'class-variance-authority';
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

const looks = {
  bad: { box: 'bg-bad-soft', icon: CircleAlert, ink: 'text-bad' },
  warn: { box: 'bg-warn-soft', icon: TriangleAlert, ink: 'text-warn' },
  plain: { box: 'bg-surface-3', icon: Info, ink: 'text-ink-2' },
} as const;

/** What is wrong and what to do, in a box. */
export function Notice({
  tone = 'plain',
  message,
  hint,
  children,
  className,
}: {
  readonly tone?: keyof typeof looks;
  readonly message: ReactNode;
  readonly hint?: ReactNode;
  readonly children?: ReactNode;
  readonly className?: string;
}) {
  const { box, icon: Icon, ink } = looks[tone];
  return (
    <div className={cx('flex gap-2 rounded-md px-2.5 py-2', box, className)}>
      <Icon size={15} className={cx('mt-0.5 shrink-0', ink)} aria-hidden="true" />
      <div className="min-w-0 flex-1 break-words">
        <p className="text-ink">{message}</p>
        {hint && <p className="text-ink-2">{hint}</p>}
        {children}
      </div>
    </div>
  );
}

/** Nothing here yet, and what to do about it. */
export function Empty({
  icon,
  title,
  text,
  children,
  isPage = false,
}: {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
  /** It is all that the page says: its title is the page's heading. */
  readonly isPage?: boolean;
}) {
  const Title = isPage ? 'h1' : 'p';
  return (
    <div className="flex flex-col items-center justify-center gap-1 px-6 py-8 text-center">
      {icon && <div className="mb-2 text-ink-3">{icon}</div>}
      <Title className="font-medium text-ink">{title}</Title>
      {text && <p className="max-w-72 text-ink-2">{text}</p>}
      {children && <div className="mt-3 flex gap-2">{children}</div>}
    </div>
  );
}
