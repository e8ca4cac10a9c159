'use client';

import { CircleUserRound } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { insist } from '../_client/insist.ts';
import { IconButton } from '../_ui/button.tsx';
import { Menu } from '../_ui/menu.tsx';
import type { AccountForm } from './account-dialog.tsx';

/** What was chosen in the menu and is open now. */
export type AccountChoice = AccountForm | 'leave';

const Rows = lazy(async () => ({ default: (await insist(() => import('./account-parts.tsx'))).AccountRows }));
const Dialogs = lazy(async () => ({ default: (await insist(() => import('./account-parts.tsx'))).AccountDialogs }));

/** Who this browser is to the server, and how to change that. */
export function AccountMenu() {
  const [choice, setChoice] = useState<AccountChoice>();
  return (
    <>
      <Menu trigger={<IconButton label="Account" icon={<CircleUserRound size={17} />} />}>
        {(parts) => (
          <Suspense>
            <Rows parts={parts} onChoice={setChoice} />
          </Suspense>
        )}
      </Menu>
      {choice && (
        <Suspense>
          <Dialogs choice={choice} onChange={setChoice} />
        </Suspense>
      )}
    </>
  );
}
