import { headObject as headObjectOperation } from '../operations/head-object.ts';
import { S3Error } from '../protocol/error.ts';
import { formatRange } from '../protocol/format-range.ts';
import { readMetadata } from '../protocol/metadata.ts';
import { readInput } from './get.ts';
import type { ReadOptions } from './options.ts';
import { bareEtag, headerDate, headerNumber } from './response.ts';
import type { Sender } from './send.ts';

/** What a server tells of an object without its bytes. */
export interface ObjectHead {
  readonly status: number;
  readonly size: number;
  /** Without its quotes. */
  readonly etag: string | undefined;
  readonly lastModified: Date | undefined;
  readonly contentType: string | undefined;
  /** User metadata by lower-case name without `x-amz-meta-`. */
  readonly metadata: Record<string, string>;
  readonly storageClass: string;
  readonly versionId: string | undefined;
  /** All headers, by lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export async function headObject(sender: Sender, key: string, options: ReadOptions): Promise<ObjectHead> {
  const range = options.range && formatRange(options.range);
  const input = { key, ...readInput(sender, options, range) };
  return sender.exchange(headObjectOperation, input, options, {
    read: ({ status, headers }) => ({
      status,
      size: headerNumber(headers['content-length']) ?? 0,
      etag: bareEtag(headers['etag']),
      lastModified: headerDate(headers['last-modified']),
      contentType: headers['content-type'],
      metadata: readMetadata(headers),
      storageClass: headers['x-amz-storage-class'] ?? 'STANDARD',
      versionId: headers['x-amz-version-id'],
      headers,
    }),
  });
}

/** Whether there is such an object; a failure other than 404 is thrown, so that `false` is never a guess. */
export async function exists(sender: Sender, key: string, options: ReadOptions): Promise<boolean> {
  try {
    await headObject(sender, key, options);
    return true;
  } catch (error) {
    if (error instanceof S3Error && error.status === 404) return false;
    throw error;
  }
}
