import { abortMultipartUpload, listParts } from '../operations/multipart.ts';
import { S3Error } from '../protocol/error.ts';
import type { OpenUpload } from './open-upload.ts';
import type { Sender } from './send.ts';

/**
 * Ends an upload and throws its parts away. A part that was still on its way may come to lie there all the same, and be
 * paid for, so that the server is asked whether there are any, and told again. Takes 30 seconds at most.
 */
export async function abortUpload(
  sender: Sender,
  { bucket, key, uploadId, call }: OpenUpload,
): Promise<void> {
  const bounded = { ...call, signal: AbortSignal.timeout(30_000) };
  for (let round = 0; round < 3; round++) {
    try {
      await sender.send(abortMultipartUpload, { bucket, key, uploadId }, bounded);
    } catch (error) {
      if (isGone(error)) return;
      throw error;
    }
    // Not everybody may list parts; who may not has done what he could.
    const left = await sender
      .send(listParts, { bucket, key, uploadId, maxParts: 1 }, bounded)
      .catch(() => {});
    if (!left?.parts.length) return;
    await sender.settings.clock.sleep(100 * 5 ** round, bounded.signal);
  }
}

/** The server knows no such upload: it was completed or aborted, or the bucket is no more. */
export function isGone(error: unknown): boolean {
  return error instanceof S3Error && error.status === 404;
}

/** Does the rest of an upload; what fails is aborted, unless the object may have been made. The first error counts. */
export async function orAbort<T>(sender: Sender, upload: OpenUpload, rest: () => Promise<T>): Promise<T> {
  try {
    return await rest();
  } catch (error) {
    const unknown = error instanceof S3Error && error.code === 'UnknownOutcome';
    if (!unknown) await abortUpload(sender, upload).catch(() => {});
    throw error;
  }
}
