import { canonicalQuery } from '../protocol/uri.ts';
import type { ObjectOptions, UploadOptions } from './options.ts';

/** The members that PutObject, CopyObject and CreateMultipartUpload take for what is stored beside the bytes. */
export async function objectInput(
  options: ObjectOptions & Pick<UploadOptions, 'tags'>,
): Promise<Record<string, unknown>> {
  const { expires } = options;
  if (expires !== undefined) cacheControl ??= (await import('./cache-control.ts')).cacheControl;
  return {
    bucket: options.bucket,
    acl: options.public ? 'public-read' : undefined,
    cacheControl: expires === undefined ? undefined : cacheControl?.(expires, options.public),
    contentType: options.contentType,
    metadata: options.metadata,
    storageClass: options.storageClass,
    tagging: options.tags && canonicalQuery(Object.entries(options.tags)),
  };
}

/** What is stored as Content-Type: what the caller says, else what the body is, else what the key looks like. */
export async function chooseContentType(key: string, options: ObjectOptions, body: unknown): Promise<string> {
  const known = options.contentType || (body instanceof Blob && body.type);
  if (known) return known;
  if (key.includes('.')) contentTypeOf ??= (await import('./content-type.ts')).contentTypeOf;
  return contentTypeOf?.(key) ?? 'application/octet-stream';
}

/** Loaded with the first object that is to expire, and the first key that has an extension. */
let cacheControl: typeof import('./cache-control.ts').cacheControl | undefined;
let contentTypeOf: typeof import('./content-type.ts').contentTypeOf | undefined;
