import { largestPart } from '../http/parts.ts';
import { copyObject } from '../operations/copying.ts';
import { S3Error } from '../protocol/error.ts';
import { encodePath, encodeUri } from '../protocol/uri.ts';
import type { CopyOptions } from './copy-options.ts';
import { headObject, type ObjectHead } from './head.ts';
import { checkBucket, checkKey } from './names.ts';
import { objectInput } from './object-headers.ts';
import { checkPartOptions } from './part-plan.ts';
import { bareEtag } from './response.ts';
import type { Sender } from './send.ts';
import type { Stored } from './stored.ts';

export type { CopyOptions };

/** A copy made by the server, with the source's content headers, metadata and tags but for what is given anew. */
export async function copy(sender: Sender, options: CopyOptions): Promise<Stored> {
  const { fromKey, fromVersionId, toKey, metadata, contentType, expires, replace, signal } = options;
  const fromBucket = options.fromBucket ?? sender.settings.defaultBucket;
  checkBucket(fromBucket);
  checkKey(fromKey);
  checkKey(toKey);
  checkPartOptions(options);
  const changes = metadata !== undefined || contentType !== undefined || expires !== undefined;
  const source = { bucket: fromBucket, versionId: fromVersionId, ifMatch: options.ifMatch, signal };
  const keep = changes && !replace;
  const head =
    keep || options.multipartThreshold !== undefined ? await headObject(sender, fromKey, source) : undefined;
  const toBucket = options.toBucket ?? fromBucket;
  return sendCopy(sender, { ...options, fromBucket, toBucket }, head, changes);
}

/**
 * The copy itself: one CopyObject, or parts where the object is too large for that.
 *
 * @param head what the source has; the copy is made only of this version
 * @param changes whether content headers and metadata are sent anew: with what the source has, unless it is to be
 * replaced
 */
export async function sendCopy(
  sender: Sender,
  options: CopyOptions & { fromBucket: string; toBucket: string },
  head: ObjectHead | undefined,
  changes: boolean,
): Promise<Stored> {
  const { fromBucket, fromKey, fromVersionId, toBucket, toKey, signal } = options;
  const { ifMatch, ifNoneMatch, multipartThreshold = Number.POSITIVE_INFINITY } = options;
  const given = { ...(await objectInput(options)), bucket: toBucket };
  const keep = !(changes && options.replace);
  const version = fromVersionId === undefined ? '' : `?versionId=${encodeUri(fromVersionId)}`;
  const copySource = `${encodeUri(fromBucket)}/${encodePath(fromKey)}${version}`;
  const inParts = async (known: ObjectHead) => {
    const { copyParts } = await import('./copy-parts.ts');
    const input = { ...given, ...(keep && kept(known, given)) };
    return copyParts(sender, options, input, copySource, known);
  };
  if (head && head.size > multipartThreshold) return inParts(head);
  const input = {
    ...given,
    key: toKey,
    copySource,
    copySourceIfMatch: ifMatch ?? head?.headers['etag'],
    ifNoneMatch,
    metadataDirective: changes ? 'REPLACE' : 'COPY',
    taggingDirective: options.tags && 'REPLACE',
    ...(head && changes && keep && kept(head, given)),
  };
  try {
    return await sender.exchange(
      copyObject,
      input,
      { ...options, signal },
      {
        read: async (response) => {
          const { copyObjectResult } = await sender.read(copyObject, response);
          const { status, headers } = response;
          return {
            status,
            etag: bareEtag(copyObjectResult?.etag),
            versionId: headers['x-amz-version-id'],
            headers,
          };
        },
      },
    );
  } catch (error) {
    if (!(error instanceof S3Error) || !/^(EntityTooLarge|InvalidRequest)$/.test(error.code)) throw error;
    const source = { bucket: fromBucket, versionId: fromVersionId, ifMatch, signal };
    const known = head ?? (await headObject(sender, fromKey, source).catch(() => undefined));
    // InvalidRequest is what AWS says, though not only of size.
    if (known && (known.size > largestPart || error.code === 'EntityTooLarge')) return inParts(known);
    throw error;
  }
}

/** A copy that is told anything anew, or made in parts, forgets the rest; and the storage class in any case. */
function kept({ headers, metadata }: ObjectHead, given: Record<string, unknown>): Record<string, unknown> {
  const expires = headers['expires'];
  return {
    metadata: { ...metadata, ...lowerCase(given['metadata'] as Record<string, string> | undefined) },
    contentType: given['contentType'] ?? headers['content-type'],
    cacheControl: given['cacheControl'] ?? headers['cache-control'],
    storageClass: given['storageClass'] ?? headers['x-amz-storage-class'],
    contentDisposition: headers['content-disposition'],
    contentEncoding: headers['content-encoding'],
    contentLanguage: headers['content-language'],
    expires: expires && !Number.isNaN(Date.parse(expires)) ? new Date(expires) : undefined,
    websiteRedirectLocation: headers['x-amz-website-redirect-location'],
  };
}

/** Metadata names without case and prefix, so that a new value takes the old one's place. */
function lowerCase(metadata: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [name.toLowerCase().replace(/^x-amz-meta-/, ''), value]),
  );
}
