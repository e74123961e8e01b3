import { setMaxListeners } from 'node:events';
import { ClientRequest, type ClientRequestArgs, type IncomingMessage } from 'node:http';
import { concatenate } from '../http/concatenate.ts';
import { alreadyRead, discarded, timedOut, tooLong } from '../http/exchange-error.ts';
import {
  type RequestBody,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from '../http/transport.ts';
import type { Deadlines, Wait } from './deadlines.ts';
import { sendBody } from './send-body.ts';
import type { Connection, SocketPool, SocketUser } from './socket-pool.ts';

/** Bodies up to this length are sent unwatched, and answers up to it are read to their end to keep the socket. */
const SMALL = 65_536;
/** Bytes that may wait for a slow reader before the socket is paused. */
const READ_AHEAD = 262_144;
/** Milliseconds after which an answer that nobody reads no longer keeps the process alive. */
const FORGOTTEN = 250;

/** A request on its way, and then its answer. */
export class HttpExchange implements TransportResponse, SocketUser, Wait {
  status = 0;
  headers: Record<string, string> = {};
  deadline: number = Number.POSITIVE_INFINITY;
  place = -1;
  unreadSince: number | undefined = undefined;
  before: SocketUser | undefined = undefined;
  after: SocketUser | undefined = undefined;

  readonly #pool: SocketPool;
  readonly #clock: Deadlines;
  readonly #request: TransportRequest;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (response: TransportResponse) => void;
  /** Fails what the caller waits for: the answer, then its body. */
  #reject: (error: unknown) => void;
  #phase: 'connect' | 'firstByte' | 'idle' | 'socket' = 'connect';
  #connection: Connection | undefined;
  #outgoing: ClientRequest | undefined;
  #incoming: IncomingMessage | undefined;
  /** There while a longer body is being sent. */
  #stopBody: (() => void) | undefined;
  /** The answer came before the request had been sent: the socket is good for nothing else. */
  #early = false;
  #used = false;
  #over = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    pool: SocketPool,
    clock: Deadlines,
    request: TransportRequest,
    signal: AbortSignal | undefined,
    resolve: (response: TransportResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#pool = pool;
    this.#clock = clock;
    this.#request = request;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    if (!signal) return;
    // One signal for hundreds of calls is no leak to warn of: every listener goes with its exchange.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', this);
  }

  // --- as the pool and the clock see it

  /** Behind a getter, so that printing the answer does not print what signed the request. */
  get request(): TransportRequest {
    return this.#request;
  }

  handleEvent(): void {
    this.#fail(this.#signal!.reason);
  }

  queued(): void {
    this.#phase = 'socket';
    this.#clock.hold();
    this.#clock.set(this, this.#request.timeouts.idle);
  }

  connecting(connection: Connection): void {
    this.#connection = connection;
    this.#enter('connect');
  }

  connected(connection: Connection): void {
    this.#connection = connection;
    this.#enter('firstByte');
    const { method, path, headers, body, hostname } = this.#request;
    const flat: string[] = [];
    for (const name in headers) flat.push(name, headers[name]!);
    handOver.socket = connection.socket;
    const options = { method, path, headers: flat, host: hostname, agent: handOver };
    let outgoing: ClientRequest;
    try {
      outgoing = new ClientRequest(options as unknown as ClientRequestArgs);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#outgoing = outgoing;
    outgoing.on('error', (error) => this.#broken(error));
    outgoing.on('response', (incoming) => this.#respond(incoming));
    if (body === undefined) outgoing.end();
    else if (body instanceof Uint8Array && body.length <= SMALL) outgoing.end(body);
    else this.#sendWatched(outgoing, body);
  }

  refused(error: unknown): void {
    this.#connection = undefined;
    this.#fail(error);
  }

  released(closed: boolean): void {
    if (closed && !this.#incoming?.complete) this.#broken();
    else this.#end();
  }

  idle(): void {
    this.#fail(timedOut('idle', this.#request.timeouts.idle));
  }

  expired(): void {
    const { timeouts } = this.#request;
    const phase = this.#phase;
    if (this.unreadSince !== undefined) {
      this.deadline = Number.POSITIVE_INFINITY;
      this.#connection?.socket.unref();
      return;
    }
    if (phase !== 'socket') {
      this.#fail(timedOut(phase, timeouts[phase]));
      return;
    }
    const unread = this.#pool.unread();
    const age = unread ? performance.now() - unread.since : 0;
    if (unread && age >= timeouts.idle) this.#fail(noSocket(unread.labels, timeouts.idle));
    else this.#clock.set(this, timeouts.idle - age);
  }

  // --- as the caller sees it

  bytes(limit: number = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const incoming = this.#take(reject);
      if (!incoming) return resolve(new Uint8Array(0));
      const chunks: Uint8Array[] = [];
      let size = 0;
      const add = (chunk: Uint8Array): void => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > limit) this.#fail(tooLong(limit));
        else this.#enter('idle');
      };
      this.#enter('idle');
      if (this.#declared() > limit) return this.#fail(tooLong(limit));
      incoming.on('end', () => {
        this.#ended();
        resolve(plain(concatenate(chunks, size)));
      });
      if (incoming.complete) {
        const all: Uint8Array | null = incoming.read();
        if (all) add(all);
      } else {
        incoming.on('data', add);
      }
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    let wake: (() => void) | undefined;
    const incoming = this.#take(() => wake?.());
    if (!incoming) return;
    const chunks: Uint8Array[] = [];
    let waiting = 0;
    let ended = false;
    incoming.on('data', (chunk: Uint8Array) => {
      chunks.push(chunk);
      waiting += chunk.length;
      if (waiting > READ_AHEAD) incoming.pause();
      wake?.();
    });
    incoming.on('end', () => {
      this.#ended();
      ended = true;
      wake?.();
    });
    try {
      for (;;) {
        for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
          waiting -= chunk.length;
          this.#rest();
          yield plain(chunk);
        }
        if (this.#failure) throw this.#failure.error;
        if (ended) return;
        this.#enter('idle');
        incoming.resume();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.discard();
    }
  }

  discard(): void {
    this.#used = true;
    if (this.#over || !this.#incoming) return;
    if (!this.#early && (this.#incoming.complete || this.#declared() <= SMALL)) {
      this.#enter('idle');
      this.#incoming.resume();
    } else {
      this.#fail(discarded());
    }
  }

  // --- inside

  #sendWatched(outgoing: ClientRequest, body: RequestBody): void {
    const { socket } = this.#connection!;
    const done = (): void => {
      this.#stopBody = undefined;
      socket.setTimeout(0);
    };
    // The socket's own time-out also sees bytes leave in the middle of one long write.
    socket.setTimeout(Math.min(this.#request.timeouts.idle, 0x7fffffff));
    this.deadline = Number.POSITIVE_INFINITY;
    const stop = sendBody(
      outgoing,
      body,
      () => {
        done();
        this.#enter('firstByte');
      },
      (error) => {
        done();
        this.#fail(error);
      },
    );
    this.#stopBody = () => {
      done();
      stop();
    };
  }

  #respond(incoming: IncomingMessage): void {
    if (this.#over) return;
    this.#incoming = incoming;
    this.status = incoming.statusCode!;
    this.headers = joined(incoming.rawHeaders);
    this.#early = this.#stopBody !== undefined;
    this.#stopBody?.();
    if (!this.#bodiless()) {
      this.#rest();
    } else {
      incoming.resume();
      this.#enter('idle');
      if (this.#early) this.#ended();
    }
    this.#resolve(this);
  }

  /** Gives the body to its one reader; undefined when there is none. */
  #take(reject: (error: unknown) => void): IncomingMessage | undefined {
    if (this.#used) throw alreadyRead();
    this.#used = true;
    if (this.#failure) throw this.#failure.error;
    this.#reject = reject;
    return this.#bodiless() ? undefined : this.#incoming;
  }

  #bodiless(): boolean {
    const { status } = this;
    return (
      status === 204 ||
      status === 304 ||
      this.headers['content-length'] === '0' ||
      this.#request.method === 'HEAD'
    );
  }

  #declared(): number {
    return Number(this.headers['content-length'] ?? Number.NaN);
  }

  #enter(phase: 'connect' | 'firstByte' | 'idle'): void {
    if (this.#over) return;
    if (this.#phase === 'socket') this.#clock.letGo();
    if (this.unreadSince !== undefined) {
      this.unreadSince = undefined;
      if (this.deadline === Number.POSITIVE_INFINITY) this.#connection?.socket.ref();
    }
    this.#phase = phase;
    this.#clock.set(this, this.#request.timeouts[phase]);
  }

  /** From here on it is the reader who is waited for: in the end not even by the process. */
  #rest(): void {
    if (this.#over) return;
    this.unreadSince = performance.now();
    this.#clock.set(this, FORGOTTEN);
  }

  #ended(): void {
    if (!this.#early || !this.#connection) return;
    this.#pool.destroy(this.#connection);
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#connection = undefined;
    if (this.#phase === 'socket') this.#clock.letGo();
    this.#clock.end(this);
    this.#signal?.removeEventListener('abort', this);
  }

  #broken(error?: NodeJS.ErrnoException): void {
    const connection = this.#connection;
    if (!connection) return;
    const why = error ? (error.code ?? error.message) : 'closed';
    let kind: TransportError['kind'] = 'interrupted';
    if (error?.code?.startsWith('HPE_')) kind = 'protocol';
    else if (!this.#incoming && connection.reused && connection.socket.bytesRead === connection.bytesBefore) {
      kind = 'stale';
    }
    const { hostname, port } = this.#request;
    const message =
      kind === 'protocol'
        ? `${hostname} port ${port} did not answer in HTTP (${why})`
        : `the connection to ${hostname} port ${port} broke before the answer ${this.#incoming ? 'ended' : 'came'} (${why})`;
    this.#fail(new TransportError(kind, message, { cause: error }));
  }

  #fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = { error };
    const connection = this.#connection;
    this.#end();
    this.#stopBody?.();
    if (connection) this.#pool.destroy(connection, error instanceof TransportError && error.kind === 'stale');
    else this.#pool.leave(this);
    this.#outgoing?.destroy();
    this.#reject(error);
  }
}

/**
 * The agent that `node:http` asks for a socket. The pool has chosen it by then, and since the question comes while
 * the ClientRequest is being made, one place to pass it through is enough.
 */
const handOver = {
  keepAlive: true,
  protocol: 'http:',
  socket: undefined as Connection['socket'] | undefined,
  addRequest(request: ClientRequest): void {
    request.onSocket(this.socket!);
  },
};

function noSocket(labels: string[], ms: number): TransportError {
  const named = labels.slice(0, 3).join(', ') + (labels.length > 3 ? ', ...' : '');
  return new TransportError(
    'timeout',
    `no socket came free within ${ms} ms: ${labels.length} responses that nobody reads hold them all (${named}). Read or discard every response`,
    { phase: 'socket' },
  );
}

function joined(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    headers[name] = before === undefined ? raw[i + 1]! : `${before}, ${raw[i + 1]}`;
  }
  return headers;
}

/** A Buffer's bytes as what the caller was promised: Buffers differ in `slice`, JSON and more. */
function plain({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
