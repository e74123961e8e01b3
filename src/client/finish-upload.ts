import type { Content } from '../http/content.ts';
import { cutParts, type PartPlan } from '../http/parts.ts';
import { orAbort } from './abort-upload.ts';
import { type CompleteOptions, completeUpload } from './complete-upload.ts';
import { createObjectUpload } from './create-upload.ts';
import { type Run, unlimited } from './jobs.ts';
import type { UploadedPart } from './list-parts.ts';
import type { OpenUpload } from './open-upload.ts';
import type { UploadOptions } from './options.ts';
import type { Sender } from './send.ts';
import type { Stored } from './stored.ts';
import { uploadParts } from './upload-parts.ts';

export interface FinishOptions extends CompleteOptions, Pick<UploadOptions, 'concurrency' | 'onProgress'> {
  /** What fails stays at the server as it is, to be gone on with. */
  leaveParts?: boolean | undefined;
}

/** An object sent in parts, from its first to its last request. */
export async function uploadInParts(
  sender: Sender,
  key: string,
  content: Content,
  plan: PartPlan,
  options: UploadOptions,
  first?: Uint8Array,
): Promise<Stored> {
  const upload = await createObjectUpload(sender, key, options);
  return finishUpload(sender, upload, content, plan, options, { first });
}

/** What {@link finishUpload} goes on from. */
interface Begun {
  /** The first part, where it has been read before. */
  readonly first?: Uint8Array | undefined;
  /** Parts that the server has already, by number. */
  readonly there?: ReadonlyMap<number, UploadedPart> | undefined;
  /** Starts each request. */
  readonly run?: Run;
}

/**
 * Sends content part by part and makes the object. On failure nothing is left behind: the parts in flight have ended,
 * the upload is aborted (unless the object may have been made), and then the first error is thrown. Closes the content.
 */
export async function finishUpload(
  sender: Sender,
  upload: OpenUpload,
  content: Content,
  plan: PartPlan,
  options: FinishOptions,
  { first, there, run = unlimited.run }: Begun = {},
): Promise<Stored> {
  const { concurrency = 4, onProgress, signal } = options;
  const isThere = (number: number, size: number) => there?.get(number)?.size === size;
  let loaded = 0;
  let parts = 0;
  const sent = (size: number) => {
    loaded += size;
    parts++;
    onProgress?.({ loaded, total: content.size, parts });
  };
  const finish = async () => {
    const cut = cutParts(content, plan, concurrency, isThere, first);
    const uploaded = await uploadParts(sender, upload, cut, concurrency, there, run, sent, signal);
    return run(() => completeUpload(sender, upload, uploaded, options), signal);
  };
  try {
    return await (options.leaveParts ? finish() : orAbort(sender, upload, finish));
  } finally {
    await content.close();
  }
}
