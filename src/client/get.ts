import { getObject } from '../operations/objects.ts';
import { formatRange } from '../protocol/range.ts';
import { CheckedBody } from './checked-body.ts';
import type { ReadOptions } from './options.ts';
import { S3Response } from './response.ts';
import type { Sender } from './send.ts';

/** Reads an object, or part of it. Settles when the headers are there; the body is read from the response. */
export async function get(sender: Sender, key: string, options: ReadOptions): Promise<S3Response> {
  return sender.exchange(getObject, { key, ...readInput(sender, options) }, options, {
    notModified: true,
    read: (response, facts) => new S3Response(new CheckedBody(response, facts, sender.settings.hashes)),
  });
}

/** What GetObject and HeadObject take alike. Checksums are asked for where the server is known to have them. */
export function readInput(sender: Sender, options: ReadOptions): Record<string, unknown> {
  const { range } = options;
  return {
    bucket: options.bucket,
    range: range && formatRange(range),
    versionId: options.versionId,
    ifMatch: options.ifMatch,
    ifNoneMatch: options.ifNoneMatch,
    ifModifiedSince: options.ifModifiedSince,
    ifUnmodifiedSince: options.ifUnmodifiedSince,
    checksumMode: sender.settings.checksum && !range ? 'ENABLED' : undefined,
  };
}
