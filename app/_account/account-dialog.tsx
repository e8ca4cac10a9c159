'use client';

import { type FormEvent, useId, useState } from 'react';
import type { Problem } from '../../lib/problem.ts';
import { problemOfCall } from '../_client/api.ts';
import { Button } from '../_ui/button.tsx';
import { Window } from '../_ui/dialog.tsx';
import { Notice } from '../_ui/notice.tsx';
import { type Credentials, signIn, signUp } from './account.ts';

export type AccountForm = 'up' | 'in';

const forms = {
  up: {
    title: 'Create an account',
    action: 'Create account',
    busy: 'Creating…',
    sign: signUp,
    other: 'I have an account',
  },
  in: { title: 'Sign in', action: 'Sign in', busy: 'Signing in…', sign: signIn, other: 'I have none yet' },
} as const;

const comesAlong = (graphs: number, form: AccountForm): string => {
  if (graphs === 0) return 'You then find your graphs on every device where you sign in.';
  const what = graphs === 1 ? 'The graph that you made here' : `The ${graphs} graphs that you made here`;
  return form === 'up'
    ? `${what} become${graphs === 1 ? 's' : ''} the account's, with all runs and links.`
    : `${what} come${graphs === 1 ? 's' : ''} along into your account, with all runs and links.`;
};

/** Upgrades the anonymous account, or enters another one. What was made before comes along. */
export function AccountDialog({
  form,
  onChange,
  graphs,
}: {
  readonly form: AccountForm | undefined;
  onChange(form: AccountForm | undefined): void;
  readonly graphs: number;
}) {
  return (
    <Window
      open={form !== undefined}
      onClose={() => onChange(undefined)}
      title={form ? forms[form].title : ''}
      description={form ? comesAlong(graphs, form) : ''}
    >
      {form && <Form key={form} form={form} onOther={() => onChange(form === 'up' ? 'in' : 'up')} />}
    </Window>
  );
}

function Form({ form, onOther }: { readonly form: AccountForm; onOther(): void }) {
  const { action, busy: working, sign, other } = forms[form];
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const credentials: Credentials = {
      email: String(data.get('email')).trim(),
      password: String(data.get('password')),
    };
    setBusy(true);
    setProblem(undefined);
    try {
      await sign(credentials);
      // everything in memory belongs to the account that was
      location.reload();
    } catch (error) {
      setProblem(problemOfCall(error));
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
      <Field name="email" type="email" label="E-mail" autoComplete="email" />
      <Field
        name="password"
        type="password"
        label="Password"
        autoComplete={form === 'up' ? 'new-password' : 'current-password'}
        minLength={form === 'up' ? 10 : 1}
        {...(form === 'up' && {
          note: 'At least 10 characters. It can not be sent to you: this server sends no mail.',
        })}
      />
      {problem && <Notice tone="bad" message={problem.message} hint={problem.hint} />}
      <div className="mt-1 flex items-center justify-between gap-2">
        <Button look="plain" onClick={onOther}>
          {other}
        </Button>
        <Button type="submit" look="solid" disabled={busy}>
          {busy ? working : action}
        </Button>
      </div>
    </form>
  );
}

function Field({
  label,
  note,
  ...input
}: {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly autoComplete: string;
  readonly minLength?: number;
  readonly note?: string;
}) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      <input
        id={id}
        required
        maxLength={200}
        {...(note && { 'aria-describedby': `${id}-note` })}
        className="h-9 w-full rounded-md border border-line-strong bg-surface px-2.5 text-base"
        {...input}
      />
      {note && (
        <p id={`${id}-note`} className="mt-1 text-ink-2 text-xs">
          {note}
        </p>
      )}
    </div>
  );
}
