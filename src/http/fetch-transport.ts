import { abortable } from './abortable.ts';
import { concatenate } from './concatenate.ts';
import { alreadyRead, discarded, timedOut, tooLong } from './exchange-error.ts';
import {
  type RequestBody,
  type Timeouts,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

/**
 * HTTP exchanges over the runtime's own `fetch`: Bun, Deno, Workers, browsers.
 *
 * What fetch cannot do is refused or done differently. A path that a URL would rewrite (a key with a `.` or `..`
 * segment) and a `host` that is not the URL's are a TypeError. A body that is neither bytes nor a Blob is gathered in
 * memory first, since fetch sends streams without a length. An answer that fetch has decoded is not held to its
 * `content-length`. And fetch says nothing before the answer's headers, so `connect` and `firstByte` are one wait,
 * a second longer for every 32 KiB of body.
 */
export function fetchTransport(fetch: typeof globalThis.fetch = globalThis.fetch): Transport {
  return async (request, signal) => {
    signal?.throwIfAborted();
    const { method, timeouts } = request;
    const url = checkedUrl(request);
    const { host: _, 'content-length': size = 0, ...given } = request.headers;
    const headers = { 'accept-encoding': 'identity', ...given };
    const watch = watchdog(signal);
    try {
      const body = request.body && (await sendable(request.body, timeouts, watch));
      const sent = fetch(url, {
        method,
        headers,
        redirect: 'manual',
        signal: watch.signal,
        ...(body && { body: body as Blob }),
        // Bun's way to ask for the answer as it is; elsewhere without effect.
        ...{ decompress: false },
      });
      const wait = timeouts.connect + timeouts.firstByte + Number(size) / 32.768;
      const response = await watch.within(sent.catch(rethrow), 'firstByte', wait);
      if (response.type === 'opaqueredirect') {
        throw new TransportError('protocol', 'the answer is a redirect, which this runtime does not show');
      }
      return answerOf(response, timeouts, watch);
    } catch (error) {
      watch.end();
      throw error;
    }
  };
}

/** Answers up to this length are read in one go. */
const SMALL = 65_536;

function checkedUrl({ secure, hostname, port, path, headers }: TransportRequest): string {
  const name = hostname.includes(':') ? `[${hostname}]` : hostname;
  const url = new URL(`${secure ? 'https' : 'http'}://${name}:${port}${path}`);
  if (url.pathname + url.search !== path) {
    throw new TypeError("this runtime's fetch cannot address keys with `.` or `..` segments");
  }
  if (url.host !== headers['host'])
    throw new TypeError("this runtime's fetch cannot send a host of one's own");
  return url.href;
}

async function sendable(body: RequestBody, { idle }: Timeouts, watch: Watchdog): Promise<Uint8Array | Blob> {
  if (body instanceof Uint8Array) return body;
  // Without a type of its own, the Blob adds no content-type that nobody signed.
  if (body.blob) return body.blob.slice();
  const { gatherBody } = await import('./gather-body.ts');
  return gatherBody(body, (piece) => watch.within(piece, 'idle', idle));
}

function answerOf(response: Response, { idle }: Timeouts, watch: Watchdog): TransportResponse {
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    headers[name] = value;
  });
  const declared = headers['content-encoding'] ? Number.NaN : Number(headers['content-length'] ?? Number.NaN);
  let used = false;

  async function* read(limit: number): AsyncGenerator<Uint8Array, void, undefined> {
    take();
    let size = 0;
    try {
      const reader = response.body?.getReader();
      while (reader) {
        const { done, value } = await watch.within(reader.read().catch(rethrow), 'idle', idle);
        if (done) {
          checkLength(size);
          break;
        }
        size += value.length;
        if (size > limit) throw tooLong(limit);
        yield value;
      }
    } finally {
      discard();
    }
  }

  function take(): void {
    if (used) throw alreadyRead();
    used = true;
  }

  // More than announced can only mean that fetch has decoded it where its `content-encoding` is hidden (CORS).
  function checkLength(size: number): void {
    if (size < declared) {
      throw new TransportError('interrupted', `the answer ended ${declared - size} bytes short`);
    }
  }

  function discard(): void {
    used = true;
    watch.end(discarded());
  }

  return {
    status: response.status,
    headers,
    async bytes(limit = Number.POSITIVE_INFINITY) {
      if (declared > limit) {
        discard();
        throw tooLong(limit);
      }
      if (response.body && declared <= SMALL) {
        take();
        try {
          const whole = await watch.within(response.arrayBuffer().catch(rethrow), 'idle', idle);
          checkLength(whole.byteLength);
          return new Uint8Array(whole);
        } finally {
          watch.end();
        }
      }
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of read(limit)) {
        chunks.push(chunk);
        size += chunk.length;
      }
      return concatenate(chunks, size);
    },
    discard,
    [Symbol.asyncIterator]: () => read(Number.POSITIVE_INFINITY),
  };
}

interface Watchdog {
  /** Aborts with the caller's signal, and when a wait runs out. */
  readonly signal: AbortSignal;
  within<T>(promise: Promise<T>, phase: 'firstByte' | 'idle', ms: number): Promise<T>;
  /** The exchange is over; with a reason, whatever still runs of it is aborted. */
  end(reason?: unknown): void;
}

function watchdog(outer: AbortSignal | undefined): Watchdog {
  const controller = new AbortController();
  const { signal } = controller;
  const forward = () => controller.abort(outer?.reason);
  outer?.addEventListener('abort', forward);
  return {
    signal,
    async within(promise, phase, ms) {
      const timer = setTimeout(() => controller.abort(timedOut(phase, ms)), Math.min(ms, 0x7fffffff));
      try {
        return await abortable(promise, signal);
      } finally {
        clearTimeout(timer);
      }
    },
    end(reason) {
      outer?.removeEventListener('abort', forward);
      if (reason) controller.abort(reason);
    },
  };
}

/** fetch tells its failures apart only in the cause (Node), the code (Bun) or the words (Deno). */
function rethrow(error: Error & { code?: unknown; cause?: { code?: unknown; message?: unknown } }): never {
  const { cause = error } = error;
  const what = `${cause.code} ${cause.message}`;
  const kind = /CERT|SELF_SIGNED|UNABLE_TO_|certificate|ERR_TLS|ERR_SSL|EPROTO|HPE_/.test(what)
    ? 'protocol'
    : /REFUSED|NOTFOUND|EAI_|UNREACH|CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket|\(Connect\)/.test(
          what,
        )
      ? 'connect'
      : 'interrupted';
  throw new TransportError(kind, `fetch failed (${cause.code ?? error.name})`, { cause: error });
}
