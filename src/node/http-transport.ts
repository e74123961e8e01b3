import type { Transport, TransportRequest, TransportResponse } from '../http/transport.ts';
import { deadlines } from './deadlines.ts';
import { HttpExchange } from './http-exchange.ts';
import { type SocketPoolOptions, socketPool } from './socket-pool.ts';

export type HttpTransportOptions = SocketPoolOptions;

/**
 * HTTP exchanges over `node:http`, on kept-alive sockets of a pool of their own. Path and headers go out as they are
 * given; `node:http` refuses control characters in them with a TypeError. `close` ends the unused sockets at once
 * and the others with their exchange; requests after it are refused. For Node alone: it hands `node:http` its sockets
 * through an agent, which imitations of `node:http` need not ask.
 *
 * `timeouts.connect` covers name resolution, TCP and TLS. `firstByte` runs from the moment the request has been sent
 * (for bodies up to 64 KiB: from its start) to the answer's headers. `idle` runs while a longer body is sent, while a
 * reader waits for bytes, and while every socket is held by an answer that nobody reads and a request waits for one.
 */
export function httpTransport(options?: HttpTransportOptions): Transport & { close(): void } {
  const clock = deadlines();
  const pool = socketPool(options);
  const transport = (request: TransportRequest, signal?: AbortSignal): Promise<TransportResponse> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) reject(signal.reason);
      else pool.acquire(new HttpExchange(pool, clock, request, signal, resolve, reject));
    });
  return Object.assign(transport, { close: pool.close });
}
