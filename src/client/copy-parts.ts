import { uploadPartCopy } from '../operations/copying.ts';
import { getObjectTagging } from '../operations/tagging.ts';
import { S3Error } from '../protocol/error.ts';
import { canonicalQuery } from '../protocol/uri.ts';
import { XmlError } from '../protocol/xml-reader.ts';
import { orAbort } from './abort-upload.ts';
import { completeUpload } from './complete-upload.ts';
import type { CopyOptions } from './copy-options.ts';
import { createUpload } from './create-upload.ts';
import type { ObjectHead } from './head.ts';
import type { UploadedPart } from './list-parts.ts';
import { type OpenUpload, pickHeaders } from './open-upload.ts';
import { parallel } from './parallel.ts';
import { planParts } from './part-plan.ts';
import type { Sender } from './send.ts';
import type { Stored } from './stored.ts';

/** Large, as no byte passes through here: an object of 5 GiB has 40. */
const defaultPartSize = 128 * 1024 ** 2;

/**
 * A copy of any size, of one version of the source: a source that changes meanwhile is a `PreconditionFailed`.
 *
 * @param input members of CreateMultipartUpload for what is stored beside the bytes
 */
export async function copyParts(
  sender: Sender,
  options: CopyOptions & { fromBucket: string; toBucket: string },
  input: Readonly<Record<string, unknown>>,
  copySource: string,
  head: ObjectHead,
): Promise<Stored> {
  const { toBucket, toKey, concurrency = 4, ifNoneMatch, headers, signal } = options;
  const { hostname } = sender.settings.endpoint;
  const { partSize } = planParts(hostname, head.size, options.partSize ?? defaultPartSize);
  const source = { copySource, copySourceIfMatch: head.headers['etag'] };
  const tagging = input['tagging'] ?? (await sourceTags(sender, options, head));
  const created = { ...input, tagging: tagging || undefined };
  const upload = await createUpload(sender, toKey, created, false, { ...options, bucket: toBucket });
  return orAbort(sender, upload, async () => {
    const parts: UploadedPart[] = [];
    const copyRange = async (first: number, signal: AbortSignal) => {
      const last = Math.min(first + partSize, head.size) - 1;
      const partNumber = first / partSize + 1;
      const copySourceRange = `bytes=${first}-${last}`;
      const etag = await copyPart(
        sender,
        upload,
        { ...source, copySourceRange, partNumber },
        headers,
        signal,
      );
      parts[partNumber - 1] = { partNumber, size: last + 1 - first, etag };
    };
    await parallel(starts(head.size, partSize), concurrency, copyRange, signal);
    return completeUpload(sender, upload, parts, { ifNoneMatch, headers, signal });
  });
}

function* starts(size: number, step: number): Generator<number> {
  for (let first = 0; first < size; first += step) yield first;
}

function copyPart(
  sender: Sender,
  { bucket, key, uploadId, call }: OpenUpload,
  part: Readonly<Record<string, unknown>>,
  headers: CopyOptions['headers'],
  signal: AbortSignal,
): Promise<string> {
  const ofSource = pickHeaders(headers, /^x-amz-(copy-source|source-expected)-/i);
  return sender.exchange(
    uploadPartCopy,
    { ...part, bucket, key, uploadId },
    { ...call, headers: { ...call.headers, ...ofSource }, signal },
    {
      read: async (response) => {
        const { copyPartResult } = await sender.read(uploadPartCopy, response);
        if (!copyPartResult?.etag) throw new XmlError('it has no ETag');
        return copyPartResult.etag;
      },
    },
  );
}

/** CopyObject takes the tags along; here they have to be read. */
async function sourceTags(
  sender: Sender,
  { fromBucket: bucket, fromKey: key, fromVersionId: versionId, signal, retry, timeouts }: CopyOptions,
  head: ObjectHead,
): Promise<string> {
  try {
    const { tagSet } = await sender.send(
      getObjectTagging,
      { bucket, key, versionId },
      { signal, retry, timeouts },
    );
    return canonicalQuery(tagSet.map((tag) => [tag.key ?? '', tag.value ?? '']));
  } catch (error) {
    // Servers without tags say so in many ways, and not everybody may read them.
    const none = error instanceof S3Error && /^(400|403|404|405|501)$/.test(String(error.status));
    if (none && !head.headers['x-amz-tagging-count']) return '';
    throw error;
  }
}
