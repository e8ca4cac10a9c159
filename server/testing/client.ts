import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import type { RunEvent } from '../../graph/events.ts';
import type { AppRouter } from '../router.ts';

/** One visitor of a running server: a browser's cookies without the browser. */
export class Visitor {
  readonly server: string;
  cookie: string;
  /** The address that it asks from, as a proxy would tell it: limits count by it. */
  from: string | undefined;
  readonly api;

  constructor(server: string, cookie = '') {
    this.server = server;
    this.cookie = cookie;
    this.api = createTRPCClient<AppRouter>({
      links: [
        httpLink({
          url: `${server}/api/trpc`,
          transformer: superjson,
          headers: () => this.headers,
        }),
      ],
    });
  }

  /** Someone who has just opened a page. */
  static async arrive(server: string): Promise<Visitor> {
    const response = await fetch(`${server}/api/auth/sign-in/anonymous`, {
      method: 'POST',
      headers: { origin: server, 'content-type': 'application/json' },
      body: '{}',
    });
    if (!response.ok) throw new Error(`no session: ${response.status} ${await response.text()}`);
    const visitor = new Visitor(server);
    visitor.keepCookies(response);
    return visitor;
  }

  get headers(): Record<string, string> {
    return {
      origin: this.server,
      ...(this.cookie && { cookie: this.cookie }),
      ...(this.from && { 'x-forwarded-for': this.from }),
    };
  }

  keepCookies(response: Response): void {
    const set = response.headers.getSetCookie().map((each) => each.split(';', 1)[0]!);
    if (set.length > 0) this.cookie = set.join('; ');
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.server}${path}`, { ...init, headers: { ...this.headers, ...init.headers } });
  }

  /** The events of a run as they come, by server-sent events. */
  events(run: string, options: { after?: number; signal?: AbortSignal } = {}): AsyncGenerator<RunEvent> {
    return this.subscribe('runs.events', { run, lastEventId: String(options.after ?? 0) }, options.signal);
  }

  async *subscribe(path: string, input: unknown, signal?: AbortSignal): AsyncGenerator<RunEvent> {
    const query = encodeURIComponent(JSON.stringify(superjson.serialize(input)));
    const response = await this.fetch(`/api/trpc/${path}?input=${query}`, {
      headers: { accept: 'text/event-stream' },
      ...(signal && { signal }),
    });
    if (!response.ok || !response.body) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    let text = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const fields = Object.fromEntries(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]),
        );
        text = text.slice(end + 2);
        if (fields.event === 'serialized-error') throw new Error(fields.data);
        if (fields.event === 'return') return;
        if (fields.event === undefined && fields.data) yield superjson.deserialize(JSON.parse(fields.data)) as RunEvent;
      }
    }
    throw new Error('the stream broke off');
  }
}
