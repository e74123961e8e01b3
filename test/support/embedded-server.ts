import { createHash } from 'node:crypto';
import { after } from 'node:test';
import type { ConnectionOptions } from '../../src/client/options.ts';
import type { Transport, TransportRequest } from '../../src/http/transport.ts';
import { Connection } from '../../src/index.node.ts';
import { httpTransport } from '../../src/node/http-transport.ts';
import { createServer, type Server } from '../../src/server/index.ts';

export interface Embedded {
  readonly server: Server;
  /** Over a socket, with the default bucket `bkt`. */
  readonly conn: Connection;
  connect(options?: ConnectionOptions): Connection;
  /** A connection whose requests pass `meddle` first: it may throw, wait, or answer after the real thing. */
  meddled(meddle: Meddle, options?: ConnectionOptions): Connection;
  /** How many requests of an operation there were from here on. */
  count(): (operation: string) => number;
}

export type Meddle = (
  request: TransportRequest,
  send: () => ReturnType<Transport>,
  signal: AbortSignal | undefined,
) => ReturnType<Transport>;

/** An embedded server for the tests of a file, closed when they are over. */
export async function embeddedServer(): Promise<Embedded> {
  const server = await createServer();
  const endpoint = await server.listen();
  const direct = httpTransport();
  after(async () => {
    direct.close();
    await server.close();
  });
  const connect = (options?: ConnectionOptions) =>
    new Connection({
      accessKey: 'minis3',
      secretKey: 'minis3-secret',
      endpoint,
      defaultBucket: 'bkt',
      transport: direct,
      ...options,
    });
  const conn = connect();
  await conn.createBucket('bkt');
  return {
    server,
    conn,
    connect,
    meddled: (meddle, options) =>
      connect({
        ...options,
        transport: (request, signal) => meddle(request, () => direct(request, signal), signal),
      }),
    count() {
      const before = server.requests.length;
      return (operation) =>
        server.requests.slice(before).filter((each) => each.operation === operation).length;
    },
  };
}

/** Bytes that are the same nowhere. */
export function pattern(size: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let i = 0, x = 1; i < words.length; i++)
    words[i] = x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
  return new Uint8Array(words.buffer, 0, size);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The bytes in chunks of one size. */
export async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
