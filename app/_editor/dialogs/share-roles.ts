import { Copy, Eye, type LucideIcon, Play } from 'lucide-react';
import type { LinkRow } from '../../_client/api.ts';

export type Role = LinkRow['role'];

/** What a link lets the other person do, in words that are true to the letter. */
export const roles: readonly {
  readonly id: Role;
  readonly title: string;
  readonly icon: LucideIcon;
  readonly can: string;
  readonly cannot: string;
}[] = [
  {
    id: 'view',
    title: 'Look',
    icon: Eye,
    can: 'Sees the graph, its settings and files, and the results of its last finished run.',
    cannot: 'Runs nothing and changes nothing.',
  },
  {
    id: 'run',
    title: 'Run',
    icon: Play,
    can: 'Sees all that, and runs it: in their browser, or on this server.',
    cannot: 'Changes nothing. Your graph and your runs stay as they are.',
  },
  {
    id: 'fork',
    title: 'Copy',
    icon: Copy,
    can: 'Sees and runs it, and makes a copy of their own, with its files, to change.',
    cannot: 'Your graph stays as it is.',
  },
];

export const roleNamed = (id: Role) => roles.find((role) => role.id === id) ?? roles[0]!;

const DAY_MS = 86_400_000;
export const lifetimes = [
  { id: 'day', title: 'after a day', ms: DAY_MS },
  { id: 'week', title: 'after a week', ms: 7 * DAY_MS },
  { id: 'month', title: 'after 30 days', ms: 30 * DAY_MS },
  { id: 'never', title: 'never', ms: undefined },
] as const;
export type Lifetime = (typeof lifetimes)[number]['id'];

export type LinkState = 'works' | 'expired' | 'taken back';

export const stateOf = ({ expiresAt, revokedAt }: Pick<LinkRow, 'expiresAt' | 'revokedAt'>, now: number): LinkState =>
  revokedAt !== null ? 'taken back' : expiresAt !== null && expiresAt <= now ? 'expired' : 'works';
