import { type Connected, inside } from './connected.ts';
import { createObjectUpload } from './create-upload.ts';
import { MultipartUpload } from './multipart-upload.ts';
import { chooseContentType } from './object-headers.ts';
import type { ObjectOptions, UploadOptions } from './options.ts';

/** What is stored beside the bytes of an object that comes in parts. */
export type InitiateUploadOptions = ObjectOptions & Pick<UploadOptions, 'checksum' | 'tags'>;

/** Begins an upload whose parts the caller sends. */
export async function initiateMultipartUpload(
  conn: Connected,
  key: string,
  options: InitiateUploadOptions,
): Promise<MultipartUpload> {
  const contentType = await chooseContentType(key, options, undefined);
  const upload = await createObjectUpload(conn[inside].sender, key, { ...options, contentType });
  return new MultipartUpload(conn, upload);
}
