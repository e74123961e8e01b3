import { getObject } from '../operations/objects.ts';
import type { InputOf } from '../operations/operation.ts';
import { verifiableChecksum } from '../protocol/checksum.ts';
import { formatRange } from '../protocol/range.ts';
import { checkRange } from './answered-range.ts';
import { CheckedBody } from './checked-body.ts';
import type { ReadOptions } from './options.ts';
import { S3Response } from './response.ts';
import { ResumedBody } from './resumed-body.ts';
import type { Sender } from './send.ts';

/** Reads an object, or part of it. Settles when the headers are there; the body is read from the response. */
export async function get(sender: Sender, key: string, options: ReadOptions): Promise<S3Response> {
  const input = { key, ...readInput(sender, options) };
  return sender.exchange(getObject, input, options, {
    notModified: true,
    read(response, facts) {
      const { status, headers } = response;
      if (input.range !== undefined && status !== 304) checkRange(response, input.range, facts);
      const body = new ResumedBody(sender, input, options, response, facts);
      const stored = status === 200 ? verifiableChecksum(headers) : undefined;
      return new S3Response(stored ? new CheckedBody(body, stored, facts, sender.settings.hashes) : body);
    },
  });
}

/** What GetObject and HeadObject take alike. Checksums are asked for where the server is known to have them. */
export function readInput(sender: Sender, options: ReadOptions): Omit<InputOf<typeof getObject>, 'key'> {
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
