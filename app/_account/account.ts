import { ProblemError } from '../../lib/problem.ts';

/** What better-auth answers, in our words. */
const sentences: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  INVALID_EMAIL_OR_PASSWORD: [
    'There is no account with this address and password.',
    'Look at both, or create an account.',
  ],
  USER_ALREADY_EXISTS: ['There is an account with this address already.', 'Sign in instead.'],
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: ['There is an account with this address already.', 'Sign in instead.'],
  PASSWORD_TOO_SHORT: ['A password needs at least 10 characters.', 'A few words are easy to keep in mind.'],
  PASSWORD_TOO_LONG: ['A password may have 128 characters.', 'Choose a shorter one.'],
  INVALID_EMAIL: ['This is not an e-mail address.', 'It looks like name@example.org.'],
};

/** The client is loaded when somebody has something to sign. */
const client = async () => (await import('better-auth/client')).createAuthClient({ basePath: '/api/auth' });

interface Answer {
  readonly error: { readonly code?: string | undefined; readonly message?: string | undefined } | null;
}

function requireDone({ error }: Answer): void {
  if (!error) return;
  const [message, hint] = sentences[error.code ?? ''] ?? [
    error.message || 'That did not work.',
    'Try again in a moment.',
  ];
  throw new ProblemError({ code: 'account/refused', message, hint });
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Makes an account of the anonymous one: what it owns becomes the new account's. */
export async function signUp({ email, password }: Credentials): Promise<void> {
  requireDone(await (await client()).signUp.email({ email, password, name: email.split('@', 1)[0]! }));
}

/** What the anonymous account owns comes along. */
export async function signIn(credentials: Credentials): Promise<void> {
  requireDone(await (await client()).signIn.email(credentials));
}

export async function signOut(): Promise<void> {
  requireDone(await (await client()).signOut());
}
