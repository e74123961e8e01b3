import {
  type ServerResponse as Answer,
  createServer,
  type IncomingMessage,
  type ServerOptions,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Handler, ServerRequest, ServerResponse } from './exchange.ts';
import { RefusedRequest } from './refused-request.ts';

export interface Listener {
  /** `http://127.0.0.1:40000`: without a slash at the end. */
  readonly url: string;
  /** Ends all connections, also those in use, and resolves when everything under way has ended. */
  close(): Promise<void>;
}

export interface Tls {
  /** PEM text. */
  readonly key: string | Uint8Array;
  readonly cert: string | Uint8Array;
}

/** Milliseconds. */
const timeouts = { headers: 20_000, bodyIdle: 20_000, keepAlive: 30_000, idle: 300_000, linger: 2_000 };
/** Bytes. Room for the longest presigned URL beside the 8 KB of headers that S3 allows. */
const longestHead = 32_768;
/** Bytes of a refused body that are read for the client to see the refusal before the connection closes. */
const mostLingered = 4 * 1024 * 1024;

/** Serves `handler` on a socket. Rejects when the address cannot be had. */
export async function listen(
  handler: Handler,
  port: number,
  host: string,
  tls: Tls | undefined,
): Promise<Listener> {
  const options: ServerOptions = {
    maxHeaderSize: longestHead,
    headersTimeout: timeouts.headers,
    keepAliveTimeout: timeouts.keepAlive,
    // A large body on a slow line takes as long as it takes; `bodyIdle` bounds the waits.
    requestTimeout: 0,
  };
  const underWay = new Set<Promise<void>>();
  const secure = tls !== undefined;
  const onRequest = (request: IncomingMessage, answer: Answer) => {
    const exchange = serve(handler, request, answer, secure).finally(() => underWay.delete(exchange));
    underWay.add(exchange);
  };
  const server = tls ? createSecureServer({ ...options, ...pem(tls) }) : createServer(options);
  server.maxHeadersCount = 0;
  server.setTimeout(timeouts.idle);
  server.on('request', onRequest);
  server.on('checkContinue', onRequest);
  server.on('checkExpectation', onRequest);

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${secure ? 'https' : 'http'}://${name}:${address.port}`,
    async close() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await Promise.all(underWay);
    },
  };
}

function pem({ key, cert }: Tls): { key: string | Buffer; cert: string | Buffer } {
  return {
    key: typeof key === 'string' ? key : Buffer.from(key),
    cert: typeof cert === 'string' ? cert : Buffer.from(cert),
  };
}

async function serve(
  handler: Handler,
  message: IncomingMessage,
  answer: Answer,
  secure: boolean,
): Promise<void> {
  try {
    const response = await handler(toServerRequest(message, answer, secure));
    await send(message, answer, response);
  } catch {
    // Nobody is there any more, or the object broke off under way: only a cut connection says so.
    answer.destroy();
  }
}

function toServerRequest(message: IncomingMessage, answer: Answer, secure: boolean): ServerRequest {
  const target = message.url ?? '';
  const mark = target.indexOf('?');
  const { rawHeaders } = message;
  const headers: Record<string, string> = Object.create(null);
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    headers[name] = name in headers ? `${headers[name]},${rawHeaders[i + 1]}` : rawHeaders[i + 1]!;
  }
  const framed = headers['transfer-encoding'] !== undefined;
  const declared = headers['content-length'];
  return {
    method: message.method ?? '',
    rawPath: mark < 0 ? target : target.slice(0, mark),
    rawQuery: mark < 0 ? '' : target.slice(mark + 1),
    headers,
    secure,
    lengthUnknown: declared === undefined,
    body: framed || (declared !== undefined && declared !== '0') ? readBody(message, answer) : undefined,
  };
}

async function* readBody(message: IncomingMessage, answer: Answer): AsyncGenerator<Uint8Array, void> {
  if (message.headers.expect?.toLowerCase() === '100-continue') answer.writeContinue();
  yield* chunks(message, timeouts.bodyIdle);
}

/** The stream's own iterator would close the connection as soon as the iteration is left. */
async function* chunks(message: IncomingMessage, idle: number): AsyncGenerator<Uint8Array, void> {
  let wake: () => void = () => {};
  const onEvent = () => wake();
  const events = ['readable', 'end', 'close', 'error'] as const;
  for (const event of events) message.on(event, onEvent);
  try {
    while (!message.readableEnded) {
      const chunk: Uint8Array | null = message.read();
      if (chunk !== null) {
        yield chunk;
        continue;
      }
      if (message.destroyed) throw new RefusedRequest('IncompleteBody');
      if (message.readableEnded) return;
      let timer: NodeJS.Timeout | undefined;
      const arrived = await new Promise<boolean>((resolve) => {
        wake = () => resolve(true);
        timer = setTimeout(resolve, idle, false);
      });
      clearTimeout(timer);
      if (!arrived) throw new RefusedRequest('RequestTimeout');
    }
  } finally {
    for (const event of events) message.off(event, onEvent);
  }
}

async function send(message: IncomingMessage, answer: Answer, response: ServerResponse): Promise<void> {
  const { status, body } = response;
  const headers: Record<string, string> = { ...response.headers };
  if (typeof body === 'string') headers['content-length'] = String(Buffer.byteLength(body));
  else if (body === undefined && status !== 204 && status !== 304) headers['content-length'] ??= '0';
  const abandoned = !message.complete;
  if (abandoned) headers['connection'] = 'close';
  answer.writeHead(status, headers);
  if (typeof body === 'object') {
    for await (const chunk of body) if (!answer.write(chunk)) await drained(answer);
  } else if (body !== undefined) {
    if (!abandoned) return void answer.end(body);
    answer.write(body);
  } else {
    answer.flushHeaders();
  }
  if (abandoned) await linger(message);
  answer.end();
}

/**
 * Reads on for a while after a refusal: closing a connection that still brings data resets it, and the client may lose
 * the answer with it.
 */
async function linger(message: IncomingMessage): Promise<void> {
  const deadline = Date.now() + timeouts.linger;
  let read = 0;
  try {
    for await (const chunk of chunks(message, timeouts.linger)) {
      read += chunk.length;
      if (read > mostLingered || Date.now() > deadline) return;
    }
  } catch {
    // The client has gone or is silent: it has had its time.
  }
}

function drained(answer: Answer): Promise<void> {
  return new Promise((resolve, reject) => {
    const onDrain = () => {
      answer.off('close', onClose);
      resolve();
    };
    const onClose = () => {
      answer.off('drain', onDrain);
      reject(new Error('the client has gone'));
    };
    if (answer.destroyed) return onClose();
    answer.once('drain', onDrain);
    answer.once('close', onClose);
  });
}
