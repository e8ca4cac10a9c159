import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { rootFolder } from '../../db/root.ts';
import type { Server } from '../server.ts';

type Handler = (request: Request, context: { params: Promise<Record<string, unknown>> }) => Promise<Response>;
type Module = Readonly<Partial<Record<(typeof methods)[number], Handler>>>;
export const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;

interface Route {
  /** As its folders are named: `/api/values/[sha256]`. */
  readonly pattern: string;
  readonly module: Module;
}

/** Every route handler of app/api, found where Next finds it. */
export async function allRoutes(): Promise<Route[]> {
  const folder = join(rootFolder, 'app', 'api');
  const files = readdirSync(folder, { recursive: true })
    .map((file) => String(file).replaceAll('\\', '/'))
    .filter((file) => file.endsWith('/route.ts'));
  return Promise.all(
    files.map(async (file) => ({
      pattern: `/api/${file.slice(0, -'/route.ts'.length)}`,
      module: (await import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href)) as Module,
    })),
  );
}

function matchRoute(pattern: string, path: string): Record<string, unknown> | undefined {
  const names: string[] = [];
  const source = pattern.replace(/\[(\.\.\.)?(\w+)\]/g, (_, rest: string | undefined, name: string) => {
    names.push(rest ? `*${name}` : name);
    return rest ? '(.+)' : '([^/]+)';
  });
  const match = new RegExp(`^${source}$`).exec(path);
  return (
    match &&
    Object.fromEntries(
      names.map((name, i) => {
        const text = match[i + 1]!;
        return name.startsWith('*')
          ? [name.slice(1), text.split('/').map(decodeURIComponent)]
          : [name, decodeURIComponent(text)];
      }),
    )
  );
}

function toRequest(message: IncomingMessage, response: ServerResponse): Request {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers))
    for (const each of [value ?? []].flat()) headers.append(name, each);
  // what server/boot.ts does in Next; tests may say that they ask from elsewhere
  if (!headers.has('x-forwarded-for')) headers.set('x-forwarded-for', message.socket.remoteAddress ?? '');
  const hasBody = message.method !== 'GET' && message.method !== 'HEAD';
  return new Request(`http://${message.headers.host}${message.url}`, {
    method: message.method!,
    headers,
    signal: gone.signal,
    ...(hasBody && { body: Readable.toWeb(message) as ReadableStream, duplex: 'half' }),
  });
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  response.statusCode = answer.status;
  const cookies = answer.headers.getSetCookie();
  for (const [name, value] of answer.headers) if (name !== 'set-cookie') response.setHeader(name, value);
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  response.flushHeaders();
  const reader = answer.body?.getReader();
  response.on('close', () => void reader?.cancel().catch(() => undefined));
  for (;;) {
    const chunk = await reader?.read().catch(() => undefined);
    if (!chunk || chunk.done) break;
    response.write(chunk.value);
  }
  response.end();
}

export interface Host {
  readonly address: string;
  readonly server: Server;
  close(): Promise<void>;
}

/** Serves the route handlers of app/api without Next: the same code, the same requests, no build and no second process. */
export async function hostServer(server: Server, port = 0): Promise<Host> {
  // where server/server.ts looks for it
  (globalThis as Record<symbol, unknown>)[Symbol.for('patchbay.server')] = Promise.resolve(server);
  const routes = await allRoutes();
  const http = createServer(async (message, response) => {
    const path = message.url!.split('?', 1)[0]!;
    for (const { pattern, module } of routes) {
      const params = matchRoute(pattern, path);
      const handler = params && module[message.method as (typeof methods)[number]];
      if (!handler) continue;
      const answer = await handler(toRequest(message, response), { params: Promise.resolve(params) });
      return send(answer, response);
    }
    response.statusCode = 404;
    response.end();
  });
  await new Promise<void>((done) => http.listen(port, '127.0.0.1', done));
  return {
    address: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    server,
    async close() {
      const closed = new Promise((done) => http.close(done));
      server.waiters.close();
      http.closeAllConnections();
      await closed;
      await server.close();
    },
  };
}
