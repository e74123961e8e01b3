import type { Account } from './authenticate.ts';
import type { ServerRequest, ServerResponse } from './exchange.ts';
import { fileStore } from './file-store.ts';
import { createHandler } from './handler.ts';
import { type Listener, listen, type Tls } from './listen.ts';
import { memoryStore } from './memory-store.ts';
import { type RequestLog, requestLog } from './request-log.ts';
import type { Store } from './store.ts';

export interface User {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Who owns what is made with this key; two keys of one name are one user. Default: the access key. */
  readonly name?: string | undefined;
}

export interface ServerOptions {
  /** Who may sign requests. Default: one user with access key `minis3` and secret key `minis3-secret`. */
  readonly users?: readonly User[] | undefined;
  /** `memory` (default), a folder to keep things in, or a store of your own, which `close` leaves open. */
  readonly store?: 'memory' | (string & {}) | Store | undefined;
  /** The one region of this server, which requests have to be signed for. Default `us-east-1`. */
  readonly region?: string | undefined;
  /** The server's clock, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Key and certificate (PEM) to listen with over HTTPS. */
  readonly tls?: Tls | undefined;
}

export interface Server extends AsyncDisposable {
  /**
   * Listens on a port (default 0: a free one) of an address of this machine (default `127.0.0.1`) and gives the URL,
   * such as `http://127.0.0.1:40000`.
   *
   * @throws the error of the socket where the port is taken, `TypeError` when the server listens already
   */
  listen(port?: number, host?: string): Promise<string>;
  /** Answers a request without a socket. Fits a connection's option: `new Connection({ fetch: server.fetch, ... })`. */
  readonly fetch: (input: Request | string | URL, init?: RequestInit) => Promise<Response>;
  /** Where it listens, if it does. */
  readonly url: string | undefined;
  /** The newest 1000 requests, oldest first. */
  readonly requests: readonly RequestLog[];
  /** Ends all connections and everything under way. */
  close(): Promise<void>;
}

/**
 * An S3 server for tests and local work: one process, strict about signatures and everything else that S3 is strict
 * about. It opens nothing until it is told to listen.
 *
 * @throws {TypeError} for users without keys or with the same access key
 */
export async function createServer(options: ServerOptions = {}): Promise<Server> {
  const { store: kind = 'memory', region = 'us-east-1', now = Date.now, tls } = options;
  const accounts = accountsOf(options.users ?? [{ accessKey: 'minis3', secretKey: 'minis3-secret' }]);
  const store = kind === 'memory' ? memoryStore() : typeof kind === 'string' ? await fileStore(kind) : kind;
  const log = requestLog(1000);
  const handler = createHandler({ store, accounts, region, now, log: log.add });
  let listening: Promise<Listener> | undefined;
  let url: string | undefined;
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    await (await listening?.catch(() => undefined))?.close();
    url = undefined;
    if (store !== kind) await store.close();
  }

  const server: Server = {
    async listen(port = 0, host = '127.0.0.1') {
      if (listening || closed)
        throw new TypeError(closed ? 'The server is closed' : 'The server listens already');
      listening = listen(handler, port, host, tls);
      try {
        ({ url } = await listening);
        return url;
      } catch (error) {
        listening = undefined;
        throw error;
      }
    },
    async fetch(input, init) {
      const request = new Request(input, init);
      return toResponse(request, await handler(toServerRequest(request)));
    },
    get url() {
      return url;
    },
    requests: log.entries,
    close: () => (closed ??= close()),
    [Symbol.asyncDispose]: () => server.close(),
  };
  return server;
}

function accountsOf(users: readonly User[]): Map<string, Account> {
  const accounts = new Map<string, Account>();
  for (const { accessKey, secretKey, name = accessKey } of users) {
    if (!accessKey || !secretKey) throw new TypeError('A user needs an accessKey and a secretKey');
    if (accounts.has(accessKey)) throw new TypeError(`Two users have the access key ${accessKey}`);
    accounts.set(accessKey, { secretKey, name });
  }
  return accounts;
}

function toServerRequest(request: Request): ServerRequest {
  const { protocol, host, pathname, search } = new URL(request.url);
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of request.headers) headers[name] = value;
  headers['host'] ??= host;
  return {
    method: request.method,
    rawPath: pathname,
    rawQuery: search.slice(1),
    headers,
    secure: protocol === 'https:',
    // There is no connection that could break: the body is whole when it ends.
    lengthUnknown: false,
    body: request.body ?? undefined,
  };
}

function toResponse(request: Request, { status, headers, body }: ServerResponse): Response {
  const empty = body === undefined || request.method === 'HEAD' || status === 204 || status === 304;
  return new Response(empty ? null : typeof body === 'string' ? body : ReadableStream.from(body), {
    status,
    headers,
  });
}
