import { abortable } from '../http/abortable.ts';
import { asBytes, type BodyInput } from '../http/body.ts';
import { chooseContentType } from './object-headers.ts';
import type { UploadOptions } from './options.ts';
import { defaultThreshold, putBody } from './put-body.ts';
import type { Sender } from './send.ts';
import type { Stored } from './stored.ts';

const encoder = new TextEncoder();

/** Stores an object. What parts, files and streams take is loaded with the first of them. */
export async function upload(
  sender: Sender,
  key: string,
  body: BodyInput,
  options: UploadOptions,
): Promise<Stored> {
  const { partSize, concurrency, multipartThreshold, signal } = options;
  const given = { ...options, contentType: await chooseContentType(key, options, body) };
  if (partSize === undefined && concurrency === undefined && multipartThreshold === undefined) {
    const small = body instanceof Blob && body.size <= defaultThreshold;
    const inMemory = small ? await abortable(body.arrayBuffer(), signal) : body;
    const bytes = typeof inMemory === 'string' ? encoder.encode(inMemory) : asBytes(inMemory);
    if (bytes && bytes.length <= defaultThreshold) return putBody(sender, key, bytes, bytes.length, given);
  }
  const { uploadBody } = await import('./upload-content.ts');
  return uploadBody(sender, key, body, given);
}
