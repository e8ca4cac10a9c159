'use client';

import { Copy, Eye } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { api, type OpenedLink, problemOfCall } from '../_client/api.ts';
import { complain } from '../_editor/state/session.ts';
import { Button } from '../_ui/button.tsx';

const notes: Readonly<Record<OpenedLink['role'], string>> = {
  view: 'You can look at it. To run or change it, ask whoever sent the link.',
  run: 'You can run it, in this page or on the server. Nothing that you do changes it.',
  fork: 'You can run it, in this page or on the server, and make a copy to change.',
};

/** What a visitor is looking at, and what the link lets them do. */
export function ShareBanner({ token, role }: { readonly token: string; readonly role: OpenedLink['role'] }) {
  return (
    <section
      aria-label="Shared graph"
      className="flex min-h-11 items-center gap-3 border-line border-b bg-accent-soft px-3 py-1.5"
    >
      <Eye size={15} className="shrink-0 text-ink-2" aria-hidden="true" />
      <p className="min-w-0 flex-1 text-ink">
        <span className="font-medium">Shared with you by link.</span> <span className="text-ink-2">{notes[role]}</span>
      </p>
      {role === 'fork' && <ForkButton token={token} />}
    </section>
  );
}

function ForkButton({ token }: { readonly token: string }) {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const fork = async () => {
    setBusy(true);
    try {
      const { id } = await api.links.fork.mutate({ token });
      router.push(`/g/${id}`);
    } catch (error) {
      complain(problemOfCall(error));
      setBusy(false);
    }
  };
  return (
    <Button size="sm" disabled={busy} onClick={() => void fork()}>
      <Copy size={14} aria-hidden="true" />
      {busy ? 'Copying…' : 'Make my own copy'}
    </Button>
  );
}
