import { abortable } from '../http/abortable.ts';
import { createMultipartUpload } from '../operations/multipart.ts';
import type { ChecksumAlgorithm } from '../protocol/checksum.ts';
import { XmlError } from '../protocol/xml-reader.ts';
import { abortUpload } from './abort-upload.ts';
import { objectInput } from './object-headers.ts';
import { checksumType, type OpenUpload, partCall, pickHeaders } from './open-upload.ts';
import type { CallOptions, UploadOptions } from './options.ts';
import type { Sender } from './send.ts';
import { checkChecksum } from './settings.ts';

/** Begins the upload of an object in parts, with all that is stored beside its bytes. */
export async function createObjectUpload(
  sender: Sender,
  key: string,
  options: UploadOptions,
): Promise<OpenUpload> {
  const { checksum = sender.settings.checksum } = options;
  checkChecksum(checksum);
  return createUpload(sender, key, await objectInput(options), checksum, options);
}

/**
 * Begins a multipart upload.
 *
 * @param input members of CreateMultipartUpload for what is stored beside the bytes
 */
export async function createUpload(
  sender: Sender,
  key: string,
  input: Readonly<Record<string, unknown>>,
  checksum: ChecksumAlgorithm | false,
  options: CallOptions,
): Promise<OpenUpload> {
  const { headers, signal } = options;
  signal?.throwIfAborted();
  const bucket = sender.bucket(options.bucket);
  const declared = checksum
    ? { checksumAlgorithm: checksum, checksumType: checksumType(checksum) }
    : undefined;
  const stop = new AbortController();
  const call = { ...options, headers: pickHeaders(headers, once), signal: stop.signal };
  const creating = sender.exchange(createMultipartUpload, { ...input, bucket, key, ...declared }, call, {
    read: async (response): Promise<OpenUpload> => {
      const { uploadId } = await sender.read(createMultipartUpload, response);
      if (!uploadId) throw new XmlError('it has no UploadId');
      return { bucket, key, uploadId, checksum: checksum || undefined, call: partCall(options) };
    },
  });
  try {
    return await abortable(creating, signal);
  } catch (error) {
    if (signal?.aborted) {
      // The server may just have begun an upload that nobody would ever hear of again.
      const late = abortable(creating, AbortSignal.timeout(5000)).then((upload) =>
        abortUpload(sender, upload),
      );
      await late.catch(() => {});
      stop.abort();
    }
    throw error;
  }
}

/** Conditions are for the end, copy headers for the parts. */
const once = /^(?!if-|x-amz-(copy-source|source-expected|metadata-directive|tagging-directive))/i;
