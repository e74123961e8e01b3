import { abortable } from '../http/abortable.ts';
import type { BodyInput, FileHandleLike } from '../http/body.ts';
import { type Content, contentOf, readHead } from '../http/content.ts';
import { checkKey } from './names.ts';
import type { UploadOptions } from './options.ts';
import { checkPartOptions, planParts } from './part-plan.ts';
import { defaultThreshold, putBody } from './put-body.ts';
import type { Sender } from './send.ts';
import type { Stored } from './stored.ts';

/** Stores any body: in one PUT where it is small, in parts where it is large. */
export async function uploadBody(
  sender: Sender,
  key: string,
  body: BodyInput,
  options: UploadOptions,
): Promise<Stored> {
  const content = await contentOf(body, options.contentLength);
  return uploadContent(sender, key, content, options, body);
}

/**
 * The same for content, which is closed in the end.
 *
 * @param body what the content was made of, if the content is not the only way to read it
 */
export async function uploadContent(
  sender: Sender,
  key: string,
  content: Content,
  options: UploadOptions,
  body?: BodyInput,
): Promise<Stored> {
  const { multipartThreshold = defaultThreshold, signal } = options;
  const { size } = content;
  try {
    checkKey(key);
    checkPartOptions(options);
    sender.bucket(options.bucket);
    const once = multipartThreshold === Number.POSITIVE_INFINITY;
    const small = size === undefined ? once : size <= multipartThreshold;
    const plan = small ? undefined : planParts(sender.settings.endpoint.hostname, size, options.partSize);
    let head = content.bytes;
    if (size === undefined) {
      head = await abortable(readHead(content, plan?.partSize ?? Number.POSITIVE_INFINITY), signal);
    } else if (small && !head && !once && (!content.seekable || size <= defaultThreshold)) {
      head = await abortable(readHead(content, size), signal);
    }
    if (!plan || (size === undefined && head!.length < plan.partSize)) {
      return await putBody(sender, key, head ?? body ?? asFileHandle(content), size ?? head!.length, options);
    }
    const { uploadInParts } = await import('./finish-upload.ts');
    return await uploadInParts(sender, key, content, plan, options, size === undefined ? head : undefined);
  } finally {
    await content.close();
  }
}

/** Content that is read by position, as a body. */
function asFileHandle(content: Content): FileHandleLike {
  return {
    stat: async () => ({ size: content.size as number }),
    read: async (buffer, offset, length, position) => ({
      bytesRead: await content.read(buffer.subarray(offset, offset + length), position),
    }),
  };
}
