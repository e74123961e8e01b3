import { getObject } from '../operations/objects.ts';
import type { InputOf } from '../operations/operation.ts';
import { type StoredChecksum, verifiableChecksum } from '../protocol/checksum.ts';
import type { S3ErrorFacts } from '../protocol/error.ts';
import type { RequestedRange } from '../protocol/format-range.ts';
import type { Hashes } from '../protocol/hash.ts';
import { ObjectBody } from './object-body.ts';
import type { ReadOptions } from './options.ts';
import { S3Response } from './response.ts';
import type { Sender } from './send.ts';

/** Reads an object, or part of it. Settles when the headers are there; the body is read from the response. */
export function get(sender: Sender, key: string, options: ReadOptions): Promise<S3Response> {
  return options.range ? getRange(sender, key, options, options.range) : ask(sender, key, options, undefined);
}

async function getRange(
  sender: Sender,
  key: string,
  options: ReadOptions,
  range: RequestedRange,
): Promise<S3Response> {
  formatRange ??= (await import('../protocol/format-range.ts')).formatRange;
  return ask(sender, key, options, formatRange(range));
}

function ask(
  sender: Sender,
  key: string,
  options: ReadOptions,
  range: string | undefined,
): Promise<S3Response> {
  const input = { key, ...readInput(sender, options, range) };
  return sender.exchange(getObject, input, options, {
    notModified: true,
    read(response, facts) {
      const { status, headers } = response;
      const body = new ObjectBody(response, facts, async () => {
        const { ResumedBody } = await import('./resumed-body.ts');
        return new ResumedBody(sender, input, options, response, facts);
      });
      const asked = status === 304 ? undefined : range;
      const stored = status === 200 ? verifiableChecksum(headers) : undefined;
      return asked === undefined && stored === undefined
        ? new S3Response(body)
        : checked(body, asked, stored, facts, sender.settings.hashes);
    },
  });
}

/** The response, if it has the range that was asked for; its body is held to the checksum that is stored. */
async function checked(
  body: ObjectBody,
  asked: string | undefined,
  stored: StoredChecksum | undefined,
  facts: S3ErrorFacts,
  hashes: Hashes,
): Promise<S3Response> {
  if (asked !== undefined) {
    checkRange ??= (await import('./answered-range.ts')).checkRange;
    checkRange(body, asked, facts);
  }
  if (stored === undefined) return new S3Response(body);
  CheckedBody ??= (await import('./checked-body.ts')).CheckedBody;
  return new S3Response(new CheckedBody(body, stored, facts, hashes));
}

/** Loaded with the first range, and the first answer that has something to be checked. */
let formatRange: typeof import('../protocol/format-range.ts').formatRange | undefined;
let checkRange: typeof import('./answered-range.ts').checkRange | undefined;
let CheckedBody: typeof import('./checked-body.ts').CheckedBody | undefined;

/** What GetObject and HeadObject take alike. Checksums are asked for where the server is known to have them. */
export function readInput(
  sender: Sender,
  options: ReadOptions,
  range: string | undefined,
): Omit<InputOf<typeof getObject>, 'key'> {
  return {
    bucket: options.bucket,
    range,
    versionId: options.versionId,
    ifMatch: options.ifMatch,
    ifNoneMatch: options.ifNoneMatch,
    ifModifiedSince: options.ifModifiedSince,
    ifUnmodifiedSince: options.ifUnmodifiedSince,
    checksumMode: sender.settings.checksum && !range ? 'ENABLED' : undefined,
  };
}
