import type { BodyInput } from '../http/body.ts';
import { putObject } from '../operations/objects.ts';
import { chooseContentType, objectInput } from './object-headers.ts';
import type { UploadOptions } from './options.ts';
import type { Sender } from './send.ts';
import { type Stored, stored } from './stored.ts';

/** Stores an object in one PUT. */
export async function upload(
  sender: Sender,
  key: string,
  body: BodyInput,
  options: UploadOptions,
): Promise<Stored> {
  const input = {
    key,
    ...objectInput(options),
    contentType: chooseContentType(key, options, body),
    contentLength: options.contentLength,
    ifMatch: options.ifMatch,
    ifNoneMatch: options.ifNoneMatch,
    // An operation without its body would store an empty object; null is refused like every other body that is none.
    body: body ?? null,
  };
  return sender.exchange(putObject, input, options, { checksum: options.checksum, read: stored });
}
