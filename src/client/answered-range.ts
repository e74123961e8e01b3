import type { TransportResponse } from '../http/transport.ts';
import { S3Error, type S3ErrorFacts } from '../protocol/error.ts';
import { type ByteRange, parseContentRange, parseRange } from '../protocol/range.ts';
import { bareEtag, headerNumber } from './response.ts';

/** Which bytes of an object of `size` bytes. */
export interface AnsweredRange extends ByteRange {
  readonly size: number;
}

/** Which bytes of the object an answer to GetObject has; undefined where it does not say, or contradicts itself. */
export function answeredRange({ status, headers }: TransportResponse): AnsweredRange | undefined {
  const length = headerNumber(headers['content-length']);
  if (status === 200) return length === undefined ? undefined : { first: 0, last: length - 1, size: length };
  const range = status === 206 ? parseContentRange(headers['content-range'] ?? '') : undefined;
  if (range?.size === undefined) return undefined;
  const { first, last, size } = range;
  return length === undefined || length === last - first + 1 ? { first, last, size } : undefined;
}

/**
 * Lets an answer pass that has what a `Range` header asked for.
 *
 * @throws {S3Error} `BadResponse`
 */
export function checkRange(response: TransportResponse, asked: string, facts: S3ErrorFacts): void {
  // A browser hides the header where the bucket's CORS rules do not expose it.
  if (response.status === 206 && response.headers['content-range'] === undefined) return;
  const range = answeredRange(response);
  const due = range && parseRange(asked, range.size);
  if (range && typeof due === 'object' && range.first === due.first && range.last === due.last) return;
  throw wrongRange({ ...facts, status: response.status });
}

/**
 * Lets an answer pass that has these bytes of this version of the object.
 *
 * @throws {S3Error} `PreconditionFailed` for another version, `BadResponse` for other bytes
 */
export function checkVersion(
  response: TransportResponse,
  due: AnsweredRange,
  etag: string,
  facts: S3ErrorFacts,
): void {
  const { status, headers } = response;
  const range = answeredRange(response);
  const fits = range?.first === due.first && range.last === due.last && range.size === due.size;
  if (!fits || headers['etag'] === undefined) throw wrongRange({ ...facts, status });
  if (bareEtag(headers['etag']) !== bareEtag(etag)) throw changed({ ...facts, status });
}

/** What a failed `If-Match` means once the object has been seen with that ETag; other errors stay what they are. */
export function changedMeanwhile(error: unknown): unknown {
  return error instanceof S3Error && error.status === 412 ? changed(error) : error;
}

/** An ETag that can hold several answers to one version: `If-Match` never finds a weak one. */
export function strongEtag(etag: string | undefined): string | undefined {
  return etag?.startsWith('W/') ? undefined : etag;
}

function wrongRange(facts: S3ErrorFacts): S3Error {
  return new S3Error('BadResponse', 'The answer does not have the range that was asked for', facts);
}

function changed(facts: S3ErrorFacts): S3Error {
  return new S3Error('PreconditionFailed', 'The object has changed while it was read', facts);
}
