import { parseHttpDate } from '../protocol/amz-date.ts';
import { notImplemented, RefusedRequest } from './refused-request.ts';
import type { Check, ObjectRecord } from './store.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Judges a read's `If-*` headers in the order of RFC 9110 section 13.2.2. True: the client has it already (304).
 *
 * @throws {RefusedRequest} PreconditionFailed
 */
export function isNotModified(headers: Headers, object: ObjectRecord): boolean {
  checkUnchanged(headers, '', object);
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return matchesEtag(ifNoneMatch, object.etag);
  return modifiedSince(headers['if-modified-since'], object) === false;
}

/**
 * The conditions on a copy's source, which all fail with 412.
 *
 * @throws {RefusedRequest} PreconditionFailed
 */
export function checkCopySource(headers: Headers, source: ObjectRecord): void {
  const prefix = 'x-amz-copy-source-';
  checkUnchanged(headers, prefix, source);
  const ifNoneMatch = headers[`${prefix}if-none-match`];
  if (ifNoneMatch !== undefined) {
    if (matchesEtag(ifNoneMatch, source.etag)) throw failed(`${prefix}If-None-Match`);
  } else if (modifiedSince(headers[`${prefix}if-modified-since`], source) === false) {
    throw failed(`${prefix}If-Modified-Since`);
  }
}

/**
 * The check a write's `If-Match: etag` or `If-None-Match: *` asks for; `undefined` when it asks for none. S3 knows no
 * other conditions on writes.
 *
 * @throws {RefusedRequest} NotImplemented for those others
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function writeCheck(headers: Headers, key: string): Check | undefined {
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) {
    if (ifMatch !== undefined || ifNoneMatch.trim() !== '*') throw notImplemented('If-None-Match');
    return (current) => {
      if (current) throw failed('If-None-Match');
    };
  }
  if (ifMatch === undefined) return undefined;
  if (ifMatch.trim() === '*') throw notImplemented('If-Match');
  return (current) => {
    if (!current) throw new RefusedRequest('NoSuchKey', { fields: { Key: key } });
    if (!matchesEtag(ifMatch, current.etag)) throw failed('If-Match');
  };
}

/** The check a delete's `If-Match` (an ETag or `*`) asks for. */
export function deleteCheck(ifMatch: string | undefined): Check | undefined {
  if (ifMatch === undefined) return undefined;
  return (current) => {
    if (!current || !matchesEtag(ifMatch, current.etag)) throw failed('If-Match');
  };
}

/** Whether `If-Range` lets the range stand: without it always, else when it names this very object. */
export function isRangeCurrent(ifRange: string | undefined, object: ObjectRecord): boolean {
  if (ifRange === undefined) return true;
  const since = parseHttpDate(ifRange);
  return since === undefined ? matchesEtag(ifRange, object.etag) : wholeSeconds(object) === since;
}

/** Whether `etag`, without quotes, is in a list of entity tags as clients write it: quoted, weak, bare, or `*`. */
export function matchesEtag(list: string, etag: string): boolean {
  return list.split(',').some((item) => {
    const tag = unquoteEtag(item);
    return tag === etag || tag === '*';
  });
}

/** An entity tag without `W/` and quotes. */
export function unquoteEtag(tag: string): string {
  return tag.trim().replace(/^(?:W\/)?"(.*)"$/, '$1');
}

/** `If-Match` true outweighs `If-Unmodified-Since` false. */
function checkUnchanged(headers: Headers, prefix: string, object: ObjectRecord): void {
  const ifMatch = headers[`${prefix}if-match`];
  if (ifMatch !== undefined) {
    if (!matchesEtag(ifMatch, object.etag)) throw failed(`${prefix}If-Match`);
  } else if (modifiedSince(headers[`${prefix}if-unmodified-since`], object)) {
    throw failed(`${prefix}If-Unmodified-Since`);
  }
}

/** Compared in whole seconds, as HTTP writes dates; `undefined` without a date, or with one that is none. */
function modifiedSince(date: string | undefined, object: ObjectRecord): boolean | undefined {
  const since = date === undefined ? undefined : parseHttpDate(date);
  return since === undefined ? undefined : wholeSeconds(object) > since;
}

function wholeSeconds(object: ObjectRecord): number {
  return object.lastModified - (object.lastModified % 1000);
}

function failed(condition: string): RefusedRequest {
  return new RefusedRequest('PreconditionFailed', { fields: { Condition: condition } });
}
