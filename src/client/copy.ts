import { copyObject } from '../operations/copying.ts';
import { encodePath, encodeUri } from '../protocol/uri.ts';
import { headObject, type ObjectHead } from './head.ts';
import { checkBucket, checkKey } from './names.ts';
import { objectInput } from './object-headers.ts';
import type { ObjectOptions } from './options.ts';
import { bareEtag } from './response.ts';
import type { Sender } from './send.ts';
import type { Stored } from './stored.ts';

export interface CopyOptions extends Omit<ObjectOptions, 'bucket'> {
  fromKey: string;
  /** Default: the connection's default bucket. */
  fromBucket?: string | undefined;
  /** A version of the source, instead of the current one. */
  fromVersionId?: string | undefined;
  toKey: string;
  /** Default: the source's bucket. */
  toBucket?: string | undefined;
  /** Only while the source has this ETag. */
  ifMatch?: string | undefined;
  /**
   * Given `metadata`, `contentType` or `expires`: the copy has these and nothing else of that kind. Default false: what
   * is not given stays as it is at the source.
   */
  replace?: boolean | undefined;
}

/** A copy made by the server, with the source's content headers, metadata and tags but for what is given anew. */
export async function copy(sender: Sender, options: CopyOptions): Promise<Stored> {
  const { fromKey, fromVersionId, toKey, metadata, contentType, expires, replace, signal } = options;
  const fromBucket = options.fromBucket ?? sender.settings.defaultBucket;
  checkBucket(fromBucket);
  checkKey(fromKey);
  checkKey(toKey);
  const changes = metadata !== undefined || contentType !== undefined || expires !== undefined;
  const source = { bucket: fromBucket, versionId: fromVersionId, ifMatch: options.ifMatch, signal };
  const head = changes && !replace ? await headObject(sender, fromKey, source) : undefined;
  return sendCopy(
    sender,
    { ...options, fromBucket, toBucket: options.toBucket ?? fromBucket },
    head,
    changes,
  );
}

/**
 * The CopyObject itself.
 *
 * @param head what the source has, to be kept where `options` say nothing else; the copy is made only of this version
 * @param changes whether content headers and metadata are sent anew
 */
export function sendCopy(
  sender: Sender,
  options: CopyOptions & { fromBucket: string; toBucket: string },
  head: ObjectHead | undefined,
  changes: boolean,
): Promise<Stored> {
  const { fromBucket, fromKey, fromVersionId, toBucket, toKey, signal } = options;
  const given = objectInput(options);
  const version = fromVersionId === undefined ? '' : `?versionId=${encodeUri(fromVersionId)}`;
  const input = {
    ...given,
    key: toKey,
    bucket: toBucket,
    copySource: `${encodeUri(fromBucket)}/${encodePath(fromKey)}${version}`,
    copySourceIfMatch: options.ifMatch ?? head?.headers['etag'],
    metadataDirective: changes ? 'REPLACE' : 'COPY',
    ...(head && kept(head, given)),
  };
  return sender.exchange(
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
}

/** CopyObject with REPLACE forgets whatever it is not told again, and the storage class in any case. */
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
