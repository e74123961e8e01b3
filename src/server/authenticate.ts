import { nodeHashes } from '../node/hash.ts';
import { type Signature, unsignedPayload } from '../protocol/sigv4.ts';
import type { Verification } from '../protocol/verification.ts';
import { verifyV2 } from '../protocol/verify-v2.ts';
import { verifyV4 } from '../protocol/verify-v4.ts';
import type { ServerRequest } from './exchange.ts';
import { type ErrorCode, invalidArgument, invalidRequest, RefusedRequest } from './refused-request.ts';

export interface Account {
  readonly secretKey: string;
  /** Who owns what is made with this key. */
  readonly name: string;
}

/** Who sent a request, as far as its signature shows. */
export interface Identity {
  /** `undefined` for an anonymous request. */
  readonly accessKeyId: string | undefined;
  readonly name: string | undefined;
  /** Signed in the query, where `x-amz-` parameters stand for headers. */
  readonly presigned: boolean;
  /** What the body has to be held against, as `x-amz-content-sha256` says it. */
  readonly payloadHash: string;
  /** What the signatures of an aws-chunked body continue from. */
  readonly seed: Signature | undefined;
}

export interface AuthenticationContext {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The bucket that the host names. */
  readonly virtualHostBucket: string | undefined;
}

/**
 * Verifies a request's signature: SigV4 or SigV2, in the header or in the query. A request without one is anonymous;
 * one that tries and fails is refused.
 *
 * @throws {RefusedRequest}
 */
export function authenticate(
  request: ServerRequest,
  query: ReadonlyMap<string, string>,
  context: AuthenticationContext,
): Identity {
  const { accounts } = context;
  const verification = verify(request, query, context);
  if (verification === undefined) {
    return {
      accessKeyId: undefined,
      name: undefined,
      presigned: false,
      payloadHash: request.headers['x-amz-content-sha256'] ?? unsignedPayload,
      seed: undefined,
    };
  }
  if (!verification.ok) {
    const { code, message, fields } = verification;
    throw new RefusedRequest(code as ErrorCode, { message, fields });
  }
  const { accessKeyId, seed } = verification;
  // Every key here is a user's own: there is no token that could go with one.
  if (verification.sessionToken !== undefined) throw new RefusedRequest('InvalidToken');
  return {
    accessKeyId,
    name: accounts.get(accessKeyId)!.name,
    presigned: request.headers['authorization'] === undefined,
    // SigV2 does not know of the header, but what a client says there of its body is to hold all the same.
    payloadHash: seed
      ? verification.payloadHash
      : (request.headers['x-amz-content-sha256'] ?? verification.payloadHash),
    seed,
  };
}

function verify(
  request: ServerRequest,
  query: ReadonlyMap<string, string>,
  { accounts, region, now, virtualHostBucket }: AuthenticationContext,
): Verification | undefined {
  const { method, rawPath, rawQuery, headers } = request;
  const authorization = headers['authorization'];
  const v4Query =
    query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature') || query.has('X-Amz-Credential');
  const v2Query = query.has('AWSAccessKeyId') || query.has('Signature');
  if (Number(authorization !== undefined) + Number(v4Query) + Number(v2Query) > 1) {
    throw invalidArgument('Authorization', 'Several', 'A request can be signed in one way only');
  }
  const verifiable = { method, path: rawPath, query: rawQuery, headers: utf8Values(headers) };
  const options = {
    hashes: nodeHashes,
    now,
    secretFor: (accessKeyId: string) => accounts.get(accessKeyId)?.secretKey,
  };
  if (v2Query || authorization?.startsWith('AWS ')) {
    return verifyV2(verifiable, { ...options, virtualHostBucket });
  }
  if (v4Query || authorization !== undefined) return verifyV4(verifiable, { ...options, region });
  return undefined;
}

/** Signatures are over the bytes of header values, which are UTF-8 if a client meant text beyond ASCII. */
function utf8Values(headers: ServerRequest['headers']): ServerRequest['headers'] {
  let decoded = headers;
  for (const name in headers) {
    const value = headers[name]!;
    if (!/[^\0-\x7f]/.test(value)) continue;
    if (decoded === headers) decoded = { ...headers };
    Object.assign(decoded, { [name]: Buffer.from(value, 'latin1').toString() });
  }
  return decoded;
}

/**
 * A presigned request's headers together with those in its query.
 *
 * @throws {RefusedRequest} InvalidRequest when a name comes in both places with different values
 */
export function signedHeaders(
  { headers }: ServerRequest,
  query: ReadonlyMap<string, string>,
): ServerRequest['headers'] {
  let merged: Record<string, string | undefined> | undefined;
  for (const [name, value] of query) {
    const header = name.toLowerCase();
    if (!header.startsWith('x-amz-') || signatureParameters.has(header)) continue;
    merged ??= { ...headers };
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) throw invalidArgument(name, value);
    if ((merged[header] ?? value) !== value) {
      throw invalidRequest(`${header} is in the query and in the headers with different values`);
    }
    // Header values are the Latin-1 reading of their bytes.
    merged[header] = Buffer.from(value).toString('latin1');
  }
  return merged ?? headers;
}

const signatureParameters = new Set([
  'x-amz-algorithm',
  'x-amz-content-sha256',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
]);
