import type { BodyInput } from '../http/body.ts';
import { putObject } from '../operations/objects.ts';
import { objectInput } from './object-headers.ts';
import type { UploadOptions } from './options.ts';
import type { Sender } from './send.ts';
import { type Stored, stored } from './stored.ts';

/** Bytes up to which an object is sent in one piece unless told otherwise, and held in memory for it. */
export const defaultThreshold: number = 16 * 1024 ** 2;

/** Stores an object of `size` bytes in one PUT. */
export async function putBody(
  sender: Sender,
  key: string,
  body: BodyInput,
  size: number,
  options: UploadOptions,
): Promise<Stored> {
  const input = {
    key,
    ...(await objectInput(options)),
    contentLength: options.contentLength,
    ifMatch: options.ifMatch,
    ifNoneMatch: options.ifNoneMatch,
    body,
  };
  const { checksum, onProgress } = options;
  const result = await sender.exchange(putObject, input, options, { checksum, read: stored });
  onProgress?.({ loaded: size, total: size, parts: 0 });
  return result;
}
