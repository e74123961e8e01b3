import { httpDate } from './amz-date.ts';
import { encodeBase64 } from './base64.ts';
import { hmacSha1 } from './digest.ts';
import { checkExpiresIn } from './expires-in.ts';
import type { Hashes } from './hash.ts';
import type { SignableRequest, SigningContext } from './sigv4.ts';
import { canonicalQuery, encodeUri, parseQuery } from './uri.ts';

/** SigV2 knows no region, but has to know which bucket a virtual-host name stands for. */
export interface SigningContextV2 extends Pick<SigningContext, 'hashes' | 'credentials' | 'now'> {
  /** The bucket that the host names; `undefined` for path style. */
  readonly virtualHostBucket?: string | undefined;
}

/**
 * Signs a request in its headers with SigV2, for servers that know nothing newer: sets `x-amz-date`, `authorization`
 * and, with a session token, `x-amz-security-token`.
 *
 * The date always goes in `x-amz-date`, which then is signed among the amz headers with the Date line left empty:
 * `fetch` forbids `Date`, and every server that knows SigV2 reads both (AWS, Ceph, Swift and MinIO do).
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
 */
export function signV2(request: SignableRequest, context: SigningContextV2): void {
  const { headers } = request;
  const { accessKeyId, secretAccessKey, sessionToken } = context.credentials;
  headers['x-amz-date'] = httpDate(context.now);
  if (sessionToken) headers['x-amz-security-token'] = sessionToken;
  const stringToSign = stringToSignV2(request, parseQuery(request.query)!, '', context.virtualHostBucket);
  headers['authorization'] =
    `AWS ${accessKeyId}:${signatureV2(secretAccessKey, stringToSign, context.hashes)}`;
}

/**
 * Signs a request in its query with SigV2 and gives the whole query, signature last. `content-type`, `content-md5` and
 * `x-amz-` headers that are given have to be sent with the same values.
 *
 * @param expiresIn seconds the URL is good for, at least 1; there is no upper bound.
 * @throws {RangeError} `expiresIn` is not that.
 */
export function presignV2(request: SignableRequest, context: SigningContextV2, expiresIn: number): string {
  checkExpiresIn(expiresIn);
  const { accessKeyId, secretAccessKey, sessionToken } = context.credentials;
  const expires = String(Math.floor(context.now / 1000) + expiresIn);
  const pairs: [string, string][] = [
    ['AWSAccessKeyId', accessKeyId],
    ['Expires', expires],
  ];
  if (sessionToken) pairs.push(['x-amz-security-token', sessionToken]);
  const query = canonicalQuery(pairs, request.query);
  const stringToSign = stringToSignPresignedV2(
    request,
    parseQuery(query)!,
    expires,
    context.virtualHostBucket,
  );
  return `${query}&Signature=${encodeUri(signatureV2(secretAccessKey, stringToSign, context.hashes))}`;
}

interface RequestV2 {
  readonly method: string;
  /** Signed exactly as sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** @param date the line for the date: empty when `x-amz-date` is among the headers */
export function stringToSignV2(
  request: RequestV2,
  query: Pairs,
  date: string,
  virtualHostBucket: string | undefined,
): string {
  const { method, path, headers } = request;
  let text = `${method}\n${headers['content-md5'] ?? ''}\n${headers['content-type'] ?? ''}\n${date}\n`;
  for (const name of Object.keys(headers).sort()) {
    if (name.startsWith('x-amz-')) text += `${name}:${headers[name]?.trim() ?? ''}\n`;
  }
  if (virtualHostBucket !== undefined) text += `/${virtualHostBucket}`;
  const signed = query
    .filter(([name]) => subResources.has(name) || name.startsWith('response-'))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  return text + path + (signed.length > 0 ? `?${signed.join('&')}` : '');
}

/** In a presigned URL amz headers may stand in the query; they are signed as headers all the same. */
export function stringToSignPresignedV2(
  request: RequestV2,
  query: Pairs,
  expires: string,
  virtualHostBucket: string | undefined,
): string {
  const headers = { ...request.headers };
  for (const [name, value] of query) {
    if (name.toLowerCase().startsWith('x-amz-')) headers[name.toLowerCase()] = value;
  }
  return stringToSignV2({ ...request, headers }, query, expires, virtualHostBucket);
}

export function signatureV2(secretAccessKey: string, stringToSign: string, hashes: Hashes): string {
  return encodeBase64(hmacSha1(hashes, secretAccessKey, stringToSign));
}

/** Query parameters that choose what a request acts on. AWS lists the older ones, botocore and MinIO all of these. */
const subResources = new Set(
  'accelerate acl analytics cors defaultObjectAcl delete encryption inventory legal-hold lifecycle location logging metrics notification object-lock partNumber policy publicAccessBlock replication requestPayment restore retention select select-type storageClass tagging torrent uploadId uploads versionId versioning versions website'.split(
    ' ',
  ),
);
