'use client';

import { useQuery } from '@tanstack/react-query';
import { LogIn, LogOut, UserPlus } from 'lucide-react';
import { api, problemOfCall } from '../_client/api.ts';
import { Confirm } from '../_ui/dialog.tsx';
import type { MenuParts } from '../_ui/menu.tsx';
import { Queries } from '../_ui/queries.tsx';
import { toast } from '../_ui/toast.ts';
import { signOut } from './account.ts';
import { AccountDialog } from './account-dialog.tsx';
import type { AccountChoice } from './account-menu.tsx';

const useMe = () => useQuery({ queryKey: ['me'], queryFn: () => api.session.me.query() });

interface RowsProps {
  readonly parts: MenuParts;
  onChoice(choice: AccountChoice): void;
}
/** What the account's menu holds. */
export const AccountRows = (props: RowsProps) => (
  <Queries>
    <Rows {...props} />
  </Queries>
);

function Rows({ parts: { MenuItem, MenuLine }, onChoice }: RowsProps) {
  const { data: me, isPending } = useMe();
  if (isPending) return <p className="px-2 py-1.5 text-ink-2 text-xs">One moment …</p>;
  const email = me?.email;
  const graphs = me?.graphs === 1 ? 'One graph' : `${me?.graphs ?? 0} graphs`;
  return (
    <>
      <div className="max-w-64 px-2 py-1.5">
        <p className="truncate font-medium">{email ?? 'No account'}</p>
        <p className="text-ink-2 text-xs">
          {email === undefined
            ? `${graphs}, kept for this browser only.`
            : `${graphs}, on every device where you sign in.`}
        </p>
      </div>
      <MenuLine />
      {email === undefined ? (
        <>
          <MenuItem icon={<UserPlus size={15} />} onSelect={() => onChoice('up')}>
            Create an account…
          </MenuItem>
          <MenuItem icon={<LogIn size={15} />} onSelect={() => onChoice('in')}>
            Sign in…
          </MenuItem>
        </>
      ) : (
        <MenuItem icon={<LogOut size={15} />} onSelect={() => onChoice('leave')}>
          Sign out…
        </MenuItem>
      )}
    </>
  );
}

interface DialogsProps {
  readonly choice: AccountChoice;
  onChange(choice: AccountChoice | undefined): void;
}
/** What the account's menu opens. */
export const AccountDialogs = (props: DialogsProps) => (
  <Queries>
    <Dialogs {...props} />
  </Queries>
);

function Dialogs({ choice, onChange }: DialogsProps) {
  const graphs = useMe().data?.graphs ?? 0;
  const leave = async () => {
    try {
      await signOut();
      location.assign('/');
    } catch (error) {
      toast.error(problemOfCall(error).message);
    }
  };
  return (
    <>
      <AccountDialog form={choice === 'leave' ? undefined : choice} onChange={onChange} graphs={graphs} />
      <Confirm
        open={choice === 'leave'}
        onClose={() => onChange(undefined)}
        onConfirm={() => void leave()}
        title="Sign out?"
        text="Your graphs stay in your account. This browser then starts without any."
        action="Sign out"
      />
    </>
  );
}
