'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { cx } from 'class-variance-authority';
import { useId, useState } from 'react';
import { api, problemOfCall } from '../../_client/api.ts';
import { Button } from '../../_ui/button.tsx';
import { CopyField } from '../../_ui/copy-field.tsx';
import { Window } from '../../_ui/dialog.tsx';
import { Notice } from '../../_ui/notice.tsx';
import { Queries } from '../../_ui/queries.tsx';
import { useEditor, useSession } from '../context.tsx';
import { GraphAddress } from './graph-address.tsx';
import { ShareLinks } from './share-links.tsx';
import { type Lifetime, lifetimes, type Role, roleNamed, roles } from './share-roles.ts';

/** Makes links to this graph as it is now, and takes them back. */
export function ShareDialog() {
  const session = useSession();
  const open = useEditor((state) => state.dialog === 'share');
  return (
    <Window
      open={open && session.graph !== undefined}
      onClose={() => session.store.setState({ dialog: undefined })}
      title="Share this graph"
      description="Whoever has a link opens it, without an account."
    >
      {session.graph !== undefined && (
        <Queries>
          <Share graph={session.graph} />
        </Queries>
      )}
    </Window>
  );
}

interface Made {
  readonly url: string;
  readonly embed: string;
  readonly role: Role;
  readonly rev: number;
}

function Share({ graph }: { readonly graph: string }) {
  const session = useSession();
  const queries = useQueryClient();
  const key = ['links', graph];
  const links = useQuery({ queryKey: key, queryFn: () => api.links.list.query({ graph }) });
  const [role, setRole] = useState<Role>('fork');
  const [lifetime, setLifetime] = useState<Lifetime>('never');
  const [made, setMade] = useState<Made>();
  const create = useMutation({
    mutationFn: async () => {
      const rev = await session.saved();
      const { ms } = lifetimes.find(({ id }) => id === lifetime)!;
      const expiresAt = ms === undefined ? null : Date.now() + ms;
      const { token, url } = await api.links.create.mutate({ graph, rev, role, expiresAt });
      return { url: `${location.origin}${url}`, embed: `${location.origin}/embed/${token}`, role, rev };
    },
    onSuccess: (link) => {
      setMade(link);
      return queries.invalidateQueries({ queryKey: key });
    },
  });
  const failed = create.error ?? links.error;
  const problem = failed && problemOfCall(failed);
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <RoleChoice value={role} onChange={setRole} />
        <div className="mt-3 flex flex-wrap items-center justify-between gap-3">
          <label className="flex items-center gap-2 text-ink-2">
            The link ends
            <select
              value={lifetime}
              onChange={({ target }) => setLifetime(target.value as Lifetime)}
              className="h-8 rounded-md border border-line-strong bg-surface px-2 text-ink"
            >
              {lifetimes.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          </label>
          <Button type="submit" look="solid" disabled={create.isPending}>
            {create.isPending ? 'Making the link…' : 'Make a link'}
          </Button>
        </div>
        <p className="mt-2 text-ink-2 text-xs">
          It shows this graph as it is now. What you change later is not seen through it: make a new link then.
        </p>
      </form>
      {problem && <Notice tone="bad" message={problem.message} hint={problem.hint} className="mt-4" />}
      {made && <NewLink {...made} />}
      <ShareLinks graph={graph} links={links.data} onChange={() => queries.invalidateQueries({ queryKey: key })} />
      <GraphAddress />
    </>
  );
}

function RoleChoice({ value, onChange }: { readonly value: Role; onChange(role: Role): void }) {
  const name = useId();
  const { can, cannot } = roleNamed(value);
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">The other person may</legend>
      <div className="grid grid-cols-3 gap-2">
        {roles.map(({ id, title, icon: Icon }) => (
          <label
            key={id}
            className={cx(
              'flex h-10 cursor-pointer items-center justify-center gap-2 rounded-md border font-medium has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2',
              id === value
                ? 'border-accent bg-accent-soft text-ink'
                : 'border-line-strong text-ink-2 hover:bg-surface-3',
            )}
          >
            <input
              type="radio"
              name={name}
              value={id}
              checked={id === value}
              onChange={() => onChange(id)}
              className="sr-only"
            />
            <Icon size={15} aria-hidden="true" />
            {title}
          </label>
        ))}
      </div>
      <p className="mt-2 min-h-10 text-ink-2" aria-live="polite">
        {can} {cannot}
      </p>
    </fieldset>
  );
}

function NewLink({ url, embed, role, rev }: Made) {
  const frame = `<iframe src="${embed}" width="100%" height="480" style="border:0" title="Patchbay graph"></iframe>`;
  return (
    <section aria-label="The new link" className="mt-4 rounded-lg border border-accent p-3">
      <p className="mb-2 font-medium">
        {roleNamed(role).title}: version {rev}
      </p>
      <CopyField label="Link" text={url} />
      <details className="mt-2">
        <summary className="text-ink-2 text-xs">For a web page</summary>
        <div className="mt-2">
          <CopyField label="Frame" text={frame} />
        </div>
      </details>
      <p className="mt-2 text-ink-2 text-xs">Copy it now: the server keeps only its fingerprint.</p>
    </section>
  );
}
