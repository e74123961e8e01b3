import { createHash } from 'node:crypto';
import { nodeHashes } from '../../src/node/hash.ts';
import { presignV4 } from '../../src/protocol/presign-v4.ts';
import { presignV2, signV2 } from '../../src/protocol/sigv2.ts';
import { signV4 } from '../../src/protocol/sigv4.ts';
import { canonicalQuery, encodePath } from '../../src/protocol/uri.ts';
import { createServer, type Server, type ServerOptions } from '../../src/server/index.ts';

export const alice = { accessKey: 'alice-key', secretKey: 'alice/secret+key', name: 'alice' };
export const bob = { accessKey: 'bob-key', secretKey: 'bob/secret+key', name: 'bob' };
export const now = Date.UTC(2026, 10, 22, 12, 0, 0);

export interface Asked {
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** `undefined` for an anonymous request. */
  user?: typeof alice | undefined;
  signing?: 'v4' | 'presigned v4' | 'v2' | 'presigned v2';
  host?: string;
  region?: string;
  at?: number;
  payloadHash?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text of the first element of a name in the answer's XML, as it is written. */
  xml(name: string): string | undefined;
  /** All of them. */
  all(name: string): string[];
}

export interface Harness {
  readonly server: Server;
  /** Sends a signed request; `path` is decoded, as `/bucket/key`. */
  ask(method: string, path: string, asked?: Asked): Promise<Answer>;
}

/** A server in memory with two users and a bucket `box` of alice's, and somebody to ask it. */
export async function startHarness(options: ServerOptions = {}): Promise<Harness> {
  const server = await createServer({ users: [alice, bob], now: () => now, ...options });
  const ask: Harness['ask'] = async (method, path, asked) =>
    answerOf(await server.fetch(signedRequest(method, path, asked)));
  const made = await ask(
    'PUT',
    '/box',
    options.region ? { region: options.region, body: location(options.region) } : {},
  );
  if (made.status !== 200) throw new Error(made.text);
  return { server, ask };
}

function location(region: string): string {
  return `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
}

export function signedRequest(method: string, path: string, asked: Asked = {}): Request {
  const { host = 'localhost:9000', body } = asked;
  const { query, headers } = sign(method, path, asked);
  delete headers['host'];
  return new Request(`http://${host}${encodePath(path)}${query === '' ? '' : `?${query}`}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? Buffer.from(body) : Buffer.from(body) }),
  });
}

/** The headers and the query of a request, signed as asked. */
export function sign(
  method: string,
  path: string,
  asked: Asked = {},
): { query: string; headers: Record<string, string> } {
  const {
    body = '',
    user = 'user' in asked ? undefined : alice,
    signing = 'v4',
    region = 'us-east-1',
  } = asked;
  const headers: Record<string, string> = { ...asked.headers, host: asked.host ?? 'localhost:9000' };
  const query = canonicalQuery(Object.entries(asked.query ?? {}));
  const request = { method, path: encodePath(path), query, headers };
  if (user === undefined) return { query, headers };
  const context = {
    hashes: nodeHashes,
    credentials: { accessKeyId: user.accessKey, secretAccessKey: user.secretKey },
    region,
    now: asked.at ?? now,
  };
  if (signing === 'presigned v4') return { query: presignV4(request, context, 600), headers };
  if (signing === 'presigned v2') return { query: presignV2(request, context, 600), headers };
  if (signing === 'v2') signV2(request, context);
  else signV4(request, asked.payloadHash ?? createHash('sha256').update(body).digest('hex'), context);
  return { query, headers };
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = Buffer.from(await response.arrayBuffer()).toString();
  const all = (name: string) =>
    [...text.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`, 'g'))].map((match) => match[1]!);
  return { status: response.status, headers: response.headers, text, all, xml: (name) => all(name)[0] };
}
