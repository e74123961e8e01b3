import { amzDate } from './amz-date.ts';
import { checkExpiresIn } from './expires-in.ts';
import {
  algorithmV4,
  canonicalRequestV4,
  type SignableRequest,
  type SigningContext,
  signCanonicalV4,
  signingKeyV4,
  unsignedPayload,
} from './sigv4.ts';
import { canonicalQuery } from './uri.ts';

/** Longest life of a presigned URL in seconds: a week. */
export const longestPresignV4 = 604_800;

/**
 * Signs a request in its query and gives the whole query, signature last. Every given header is signed, so that
 * whoever uses the URL has to send it with the same value; give `host` and only what is meant to be fixed. The payload
 * is unsigned unless `x-amz-content-sha256` is among the headers.
 *
 * @param expiresIn seconds the URL is good for, 1 to 604800.
 * @throws {RangeError} `expiresIn` is not that.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function presignV4(request: SignableRequest, context: SigningContext, expiresIn: number): string {
  checkExpiresIn(expiresIn, longestPresignV4);
  const { accessKeyId, sessionToken } = context.credentials;
  const date = amzDate(context.now);
  const signedHeaders = Object.keys(request.headers).sort();
  const pairs: [string, string][] = [
    ['X-Amz-Algorithm', algorithmV4],
    ['X-Amz-Credential', `${accessKeyId}/${signingKeyV4(context, date.slice(0, 8)).scope}`],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', String(expiresIn)],
    ['X-Amz-SignedHeaders', signedHeaders.join(';')],
  ];
  if (sessionToken) pairs.push(['X-Amz-Security-Token', sessionToken]);
  const query = canonicalQuery(pairs, request.query);
  const payloadHash = request.headers['x-amz-content-sha256'] ?? unsignedPayload;
  const canonicalRequest = canonicalRequestV4({ ...request, query }, signedHeaders, payloadHash);
  return `${query}&X-Amz-Signature=${signCanonicalV4(canonicalRequest, date, context).signature}`;
}
