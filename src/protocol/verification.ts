import type { Hashes } from './hash.ts';
import type { Signature } from './sigv4.ts';

/** A request as it came on the wire: `path` and `query` (without `?`) raw, header names lower-case. */
export interface VerifiableRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Values of a repeated header joined with `,`. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface VerifyOptions {
  readonly hashes: Hashes;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The secret key of a user, `undefined` for one who does not exist. */
  secretFor(accessKeyId: string): string | undefined;
}

export type Verification = Verified | Refusal;

/** A request whose signature holds. */
export interface Verified {
  readonly ok: true;
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
  /** What the body still has to be held against: a hexadecimal SHA-256, `UNSIGNED-PAYLOAD` or a form of aws-chunked. */
  readonly payloadHash: string;
  /** What signed chunks continue from; SigV2 has none. */
  readonly seed: Signature | undefined;
}

/** A refused request in S3's terms. `fields` are the elements of the error document beside Code and Message. */
export interface Refusal {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

export function refuse(
  code: string,
  message: string,
  fields: Readonly<Record<string, string>> = {},
): Refusal {
  return { ok: false, code, message, fields };
}

/** How far a request's date may be from the server's clock, in milliseconds either way. */
export const maxSkew = 900_000;

/** Refuses a date too far from now. `requestTime` is the date as the request has it. */
export function checkSkew(date: number, now: number, requestTime: string): Refusal | undefined {
  if (Math.abs(now - date) <= maxSkew) return undefined;
  return refuse('RequestTimeTooSkewed', 'The time of the request is too far from the time of the server', {
    RequestTime: requestTime,
    ServerTime: isoSeconds(now),
    MaxAllowedSkewMilliseconds: String(maxSkew),
  });
}

/** Refuses a presigned URL whose end (milliseconds since the epoch) has come. */
export function checkExpiry(
  expires: number,
  now: number,
  fields?: Readonly<Record<string, string>>,
): Refusal | undefined {
  if (now < expires) return undefined;
  return refuse('AccessDenied', 'Request has expired', {
    ...fields,
    Expires: isoSeconds(expires),
    ServerTime: isoSeconds(now),
  });
}

export function unknownAccessKey(accessKeyId: string): Refusal {
  return refuse('InvalidAccessKeyId', 'There is no such access key', { AWSAccessKeyId: accessKeyId });
}

export function malformedUri(): Refusal {
  return refuse('InvalidURI', 'The path or the query is not percent-encoded UTF-8');
}

/** `2013-05-24T00:00:00Z`, the form of times in S3's errors. */
function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
