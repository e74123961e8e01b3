import { chooseContentType } from './object-headers.ts';
import { openFile } from './open-source.ts';
import type { UploadOptions } from './options.ts';
import type { Sender } from './send.ts';
import type { Stored } from './stored.ts';
import { uploadContent } from './upload-content.ts';

/** Stores a file, which is read by position and closed in the end. */
export async function uploadFile(
  sender: Sender,
  key: string,
  path: string | URL,
  options: Omit<UploadOptions, 'contentLength'>,
): Promise<Stored> {
  const contentType = await chooseContentType(key, options, undefined);
  const file = await openFile(sender.settings.files, path);
  return uploadContent(sender, key, file, { ...options, contentType });
}
