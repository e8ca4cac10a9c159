'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleUserRound, LogIn, LogOut, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { api, problemOfCall } from '../_client/api.ts';
import { IconButton } from '../_ui/button.tsx';
import { Confirm } from '../_ui/dialog.tsx';
import { Menu, MenuItem, MenuLine } from '../_ui/menu.tsx';
import { signOut } from './account.ts';
import { AccountDialog, type AccountForm } from './account-dialog.tsx';

/** Who this browser is to the server, and how to change that. */
export function AccountMenu() {
  const { data: me } = useQuery({ queryKey: ['me'], queryFn: () => api.session.me.query() });
  const [form, setForm] = useState<AccountForm>();
  const [leaving, setLeaving] = useState(false);
  const email = me?.email;
  const graphs = me?.graphs === 1 ? 'One graph' : `${me?.graphs ?? 0} graphs`;
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
      <Menu trigger={<IconButton label="Account" icon={<CircleUserRound size={17} />} />}>
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
            <MenuItem icon={<UserPlus size={15} />} onSelect={() => setForm('up')}>
              Create an account…
            </MenuItem>
            <MenuItem icon={<LogIn size={15} />} onSelect={() => setForm('in')}>
              Sign in…
            </MenuItem>
          </>
        ) : (
          <MenuItem icon={<LogOut size={15} />} onSelect={() => setLeaving(true)}>
            Sign out…
          </MenuItem>
        )}
      </Menu>
      <AccountDialog form={form} onChange={setForm} graphs={me?.graphs ?? 0} />
      <Confirm
        open={leaving}
        onClose={() => setLeaving(false)}
        onConfirm={() => void leave()}
        title="Sign out?"
        text="Your graphs stay in your account. This browser then starts without any."
        action="Sign out"
      />
    </>
  );
}
