import { useMutation } from '@tanstack/react-query';
import { cx } from 'class-variance-authority';
import { useState } from 'react';
import { api, type LinkRow, problemOfCall } from '../../_client/api.ts';
import { Ago } from '../../_ui/ago.tsx';
import { Button } from '../../_ui/button.tsx';
import { Confirm } from '../../_ui/dialog.tsx';
import { complain } from '../state/session.ts';
import { roleNamed, stateOf } from './share-roles.ts';

/** The links of a graph, the newest first, each with what became of it. */
export function ShareLinks({
  graph,
  links,
  onChange,
}: {
  readonly graph: string;
  readonly links: readonly LinkRow[] | undefined;
  onChange(): Promise<unknown>;
}) {
  const [doomed, setDoomed] = useState<LinkRow>();
  const revoke = useMutation({
    mutationKey: ['links', graph, 'revoke'],
    mutationFn: (id: string) => api.links.revoke.mutate({ id }),
    onSuccess: onChange,
    onError: (error) => complain(problemOfCall(error)),
  });
  if (!links || links.length === 0) return null;
  return (
    <section aria-labelledby="links-made" className="mt-5">
      <h3 id="links-made" className="mb-1 font-medium">
        Links that you made
      </h3>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {links.map((link) => (
          <Row key={link.id} link={link} onRevoke={() => setDoomed(link)} />
        ))}
      </ul>
      <Confirm
        open={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        onConfirm={() => doomed && revoke.mutate(doomed.id)}
        title="Take this link back?"
        text="Within seconds it opens nothing any more, and what runs through it is stopped. Copies that others made stay theirs."
        action="Take back"
      />
    </section>
  );
}

function Row({ link, onRevoke }: { readonly link: LinkRow; onRevoke(): void }) {
  const { role, rev, createdAt, expiresAt, opens } = link;
  const { title, icon: Icon } = roleNamed(role);
  const [now] = useState(() => Date.now());
  const state = stateOf(link, now);
  const works = state === 'works';
  return (
    <li className="flex min-h-12 items-center gap-3 px-3 py-2">
      <Icon size={15} className={works ? 'text-ink-2' : 'text-ink-3'} aria-hidden="true" />
      <div className={cx('min-w-0 flex-1', !works && 'text-ink-3')}>
        <p>
          <span className="font-medium">{title}</span>, version {rev}
          {!works && `, ${state}`}
        </p>
        <p className="text-ink-2 text-xs">
          made <Ago at={createdAt} />,{' '}
          {opens === 0 ? 'not opened yet' : `opened ${opens === 1 ? 'once' : `${opens} times`}`}
          {works &&
            expiresAt !== null &&
            `, ends ${new Date(expiresAt).toLocaleDateString('en', { dateStyle: 'medium' })}`}
        </p>
      </div>
      {works && (
        <Button size="sm" onClick={onRevoke}>
          Take back
        </Button>
      )}
    </li>
  );
}
