import { canonicalQuery } from '../protocol/uri.ts';
import type { Expires, ObjectOptions, UploadOptions } from './options.ts';

/** The members that PutObject, CopyObject and CreateMultipartUpload take for what is stored beside the bytes. */
export function objectInput(options: ObjectOptions & Pick<UploadOptions, 'tags'>): Record<string, unknown> {
  return {
    bucket: options.bucket,
    acl: options.public ? 'public-read' : undefined,
    cacheControl: options.expires === undefined ? undefined : cacheControl(options.expires, options.public),
    contentType: options.contentType,
    metadata: options.metadata,
    storageClass: options.storageClass,
    tagging: options.tags && canonicalQuery(Object.entries(options.tags)),
  };
}

/** What is stored as Content-Type: what the caller says, else what the body is, else what the key looks like. */
export async function chooseContentType(key: string, options: ObjectOptions, body: unknown): Promise<string> {
  const ofBlob = typeof Blob === 'function' && body instanceof Blob ? body.type : '';
  const known = options.contentType || ofBlob;
  if (known) return known;
  if (key.includes('.')) contentTypeOf ??= (await import('./content-type.ts')).contentTypeOf;
  return contentTypeOf?.(key) ?? 'application/octet-stream';
}

/** Loaded with the first key that has an extension. */
let contentTypeOf: typeof import('./content-type.ts').contentTypeOf | undefined;

const secondsIn = { weeks: 604_800, days: 86_400, hours: 3_600, minutes: 60, seconds: 1 };

function cacheControl(expires: Expires, isPublic: boolean | undefined): string {
  let seconds = 0;
  if (expires === 'max') seconds = 365 * secondsIn.days;
  else if (typeof expires === 'number') seconds = expires;
  else {
    const parts = Object.entries(expires ?? {});
    if (parts.length === 0) seconds = Number.NaN;
    for (const [unit, count] of parts) {
      seconds += count * (secondsIn[unit as keyof typeof secondsIn] ?? Number.NaN);
    }
  }
  seconds = Math.floor(seconds);
  if (!(seconds >= 0 && Number.isSafeInteger(seconds))) {
    throw new RangeError(
      "expires must be 'max', seconds from 0, or { weeks, days, hours, minutes, seconds }",
    );
  }
  return `max-age=${seconds}, ${isPublic ? 'public' : 'private'}`;
}
