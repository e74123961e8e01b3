import { decodeUri } from '../protocol/uri.ts';
import { openObject } from './access.ts';
import { checkKey, isBucketName } from './address.ts';
import type { Call } from './call.ts';
import { checkCopySource } from './conditions.ts';
import { invalidArgument, invalidRequest, RefusedRequest } from './refused-request.ts';
import type { StoredObject } from './store.ts';

/** The largest object that one copy takes. */
const largestCopy = 5 * 1024 ** 3;

/**
 * The object that `x-amz-copy-source` names (`bucket/key`, percent-encoded, with or without a slash before it), if the
 * caller may read it and the source conditions hold.
 *
 * @throws {RefusedRequest}
 */
export async function openCopySource(call: Call): Promise<StoredObject> {
  const { bucket, key } = parseCopySource(call.headers['x-amz-copy-source'] ?? '');
  const source = await openObject(call, 'READ', { bucket, key });
  checkCopySource(call.headers, source.record);
  return source;
}

/** @throws {RefusedRequest} InvalidRequest */
export function checkCopySize(size: number): void {
  if (size > largestCopy) {
    throw invalidRequest('The copy source is larger than 5 GiB');
  }
}

export function parseCopySource(header: string): { readonly bucket: string; readonly key: string } {
  const mark = header.indexOf('?');
  const path = decodeUri((mark < 0 ? header : header.slice(0, mark)).replace(/^(?:\/|%2F)/i, ''));
  const slash = path?.indexOf('/') ?? -1;
  const bucket = path?.slice(0, slash) ?? '';
  const key = path?.slice(slash + 1) ?? '';
  if (slash < 0 || key === '' || !isBucketName(bucket)) throw invalidArgument('x-amz-copy-source', header);
  checkKey(key);
  if (mark >= 0 && header.slice(mark) !== '?versionId=null') {
    throw new RefusedRequest('NoSuchVersion', { fields: { Key: key, VersionId: header.slice(mark + 11) } });
  }
  return { bucket, key };
}
