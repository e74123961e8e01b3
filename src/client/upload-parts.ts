import type { BodyInput } from '../http/body.ts';
import type { Part } from '../http/parts.ts';
import { uploadPart as uploadPartOperation } from '../operations/multipart.ts';
import { checksumHeader } from '../protocol/checksum.ts';
import { startChecksum } from '../protocol/compute-checksum.ts';
import { S3Error } from '../protocol/error.ts';
import type { Run } from './jobs.ts';
import type { UploadedPart } from './list-parts.ts';
import type { OpenUpload } from './open-upload.ts';
import type { CallOptions } from './options.ts';
import { parallel } from './parallel.ts';
import type { Sender } from './send.ts';
import { type Stored, stored } from './stored.ts';

/**
 * Sends parts, at most `concurrency` at a time, but for those that are there. The first failure cancels the others and
 * is thrown when they have ended.
 *
 * @param there parts that the server has already, by number
 * @param run starts each request
 * @param sent called after each part
 */
export async function uploadParts(
  sender: Sender,
  upload: OpenUpload,
  parts: AsyncIterable<Part>,
  concurrency: number,
  there: ReadonlyMap<number, UploadedPart> | undefined,
  run: Run,
  sent: (size: number) => void,
  signal: AbortSignal | undefined,
): Promise<UploadedPart[]> {
  const uploaded: UploadedPart[] = [];
  await parallel(
    parts,
    concurrency,
    async (part, signal) => {
      const { number, size } = part;
      const known = there?.get(number);
      uploaded[number - 1] =
        known?.size === size ? known : await run(() => sendPart(sender, upload, part, signal), signal);
      part.release();
      sent(size);
    },
    signal,
  );
  return uploaded;
}

async function sendPart(
  sender: Sender,
  upload: OpenUpload,
  { number, size, blocks }: Part,
  signal: AbortSignal,
): Promise<UploadedPart> {
  const body = blocks.length > 1 ? () => each(blocks) : (blocks[0] ?? new Uint8Array(0));
  const { headers } = await uploadPart(sender, upload, number, body, { contentLength: size, signal });
  const { checksum } = upload;
  return {
    partNumber: number,
    size,
    etag: headers['etag'] as string,
    checksum: checksum && (headers[checksumHeader(checksum)] ?? checksumOf(blocks)),
  };

  function checksumOf(blocks: readonly Uint8Array[]): string | undefined {
    const running = checksum && startChecksum(checksum, sender.settings.hashes);
    for (const block of blocks) running?.update(block);
    return running?.base64();
  }
}

async function* each(blocks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* blocks;
}

/** One UploadPart. A part without an ETag cannot be completed, so that an answer without one is an error. */
export function uploadPart(
  sender: Sender,
  { bucket, key, uploadId, checksum, call }: OpenUpload,
  partNumber: number,
  body: BodyInput,
  options: Pick<CallOptions, 'headers' | 'signal'> & { contentLength?: number | undefined },
): Promise<Stored> {
  const { contentLength, headers, signal } = options;
  return sender.exchange(
    uploadPartOperation,
    { bucket, key, uploadId, partNumber, contentLength, body },
    { ...call, headers: { ...call.headers, ...headers }, signal },
    {
      checksum: checksum ?? false,
      async read(response, facts) {
        const part = await stored(response);
        if (part.etag) return part;
        const message = 'A part came back without its ETag. In a browser, CORS has to expose it';
        throw new S3Error('BadResponse', message, { ...facts, status: part.status });
      },
    },
  );
}
