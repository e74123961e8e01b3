import { amzDate } from './amz-date.ts';
import type { Hashes } from './hash.ts';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SigningContext {
  readonly hashes: Hashes;
  readonly credentials: SigningCredentials;
  readonly region: string;
  /** Default `s3`. */
  readonly service?: string | undefined;
  /** Milliseconds since the epoch, as the server's clock has it. */
  readonly now: number;
}

/**
 * What is signed is what is sent: `path` percent-encoded once and starting with `/`, `query` canonical
 * (`canonicalQuery`) without `?`, header names lower-case, `host` among them.
 */
export interface SignableRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Record<string, string>;
}

/** A request's signature with all that the signing of aws-chunked bodies continues from. Holds a key: never show it. */
export interface Signature {
  readonly signature: string;
  readonly date: string;
  readonly scope: string;
  readonly key: Uint8Array;
}

export const unsignedPayload = 'UNSIGNED-PAYLOAD';

/** Hexadecimal SHA-256 of nothing: the payload hash of a request without a body. */
export const emptyPayloadHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export const algorithmV4 = 'AWS4-HMAC-SHA256';

/**
 * Signs a request in its headers: sets `x-amz-date`, `x-amz-content-sha256`, `authorization` and, with a session
 * token, `x-amz-security-token`. A request may be signed again, for another attempt.
 *
 * @param payloadHash what `x-amz-content-sha256` is to say: a hexadecimal SHA-256, `UNSIGNED-PAYLOAD`, or a form of
 * aws-chunked.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function signV4(request: SignableRequest, payloadHash: string, context: SigningContext): Signature {
  const { headers } = request;
  const { accessKeyId, sessionToken } = context.credentials;
  const date = amzDate(context.now);
  headers['x-amz-date'] = date;
  headers['x-amz-content-sha256'] = payloadHash;
  if (sessionToken) headers['x-amz-security-token'] = sessionToken;
  const signedHeaders = Object.keys(headers).filter(isSigned).sort();
  const signed = signCanonicalV4(canonicalRequestV4(request, signedHeaders, payloadHash), date, context);
  headers['authorization'] =
    `${algorithmV4} Credential=${accessKeyId}/${signed.scope}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signed.signature}`;
  return signed;
}

/** The signature of a canonical request, on a date as `amzDate` writes it. */
export function signCanonicalV4(canonicalRequest: string, date: string, context: SigningContext): Signature {
  const { key, scope } = signingKeyV4(context, date.slice(0, 8));
  const stringToSign = stringToSignV4(date, scope, canonicalRequest, context.hashes);
  return { signature: context.hashes.hmacSha256Hex(key, stringToSign), date, scope, key };
}

/** The canonical request over the named headers, names in canonical order. A header that is not there counts as empty. */
export function canonicalRequestV4(
  request: {
    readonly method: string;
    readonly path: string;
    readonly query: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
  },
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  let text = `${request.method}\n${request.path}\n${request.query}\n`;
  for (const name of signedHeaders) text += `${name}:${canonicalValue(request.headers[name])}\n`;
  return `${text}\n${signedHeaders.join(';')}\n${payloadHash}`;
}

export function stringToSignV4(
  date: string,
  scope: string,
  canonicalRequest: string,
  hashes: Hashes,
): string {
  return `${algorithmV4}\n${date}\n${scope}\n${hashes.sha256Hex(canonicalRequest)}`;
}

interface CachedKey {
  readonly secret: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly scope: string;
  readonly key: Uint8Array;
}

/** The last signing keys used, newest first: a day's key costs four HMACs, a signature one. */
const cachedKeys: CachedKey[] = [];
const mostCachedKeys = 16;

/** The signing key for a day (`YYYYMMDD`) and its credential scope. */
export function signingKeyV4(
  context: Pick<SigningContext, 'hashes' | 'credentials' | 'region' | 'service'>,
  day: string,
): { readonly key: Uint8Array; readonly scope: string } {
  const { hashes, region, service = 's3' } = context;
  const secret = context.credentials.secretAccessKey;
  for (const cached of cachedKeys) {
    if (
      cached.day === day &&
      cached.secret === secret &&
      cached.region === region &&
      cached.service === service
    ) {
      return cached;
    }
  }
  let key = hashes.hmacSha256(`AWS4${secret}`, day);
  for (const part of [region, service, 'aws4_request']) key = hashes.hmacSha256(key, part);
  const made = { secret, day, region, service, scope: `${day}/${region}/${service}/aws4_request`, key };
  cachedKeys.unshift(made);
  if (cachedKeys.length > mostCachedKeys) cachedKeys.pop();
  return made;
}

/** Headers that proxies, `fetch` or a server in front (GCS: `accept-encoding`) change, so that signing them breaks. */
const unsignedHeaders = new Set(
  'accept-encoding authorization cache-control connection content-length expect from keep-alive max-forwards pragma referer te trailer transfer-encoding upgrade user-agent x-amzn-trace-id'.split(
    ' ',
  ),
);

function isSigned(name: string): boolean {
  return !unsignedHeaders.has(name) && !name.startsWith('proxy-') && !name.startsWith('sec-');
}

/**
 * Trimmed, with inner runs of white space as one space. A server is told by the client which names to look up, be it
 * `__proto__`: only text counts.
 */
function canonicalValue(value: string | undefined): string {
  if (typeof value !== 'string') return '';
  return /[ \t\r\n]/.test(value) ? value.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '') : value;
}
