import { abortable } from '../http/abortable.ts';
import { createMultipartUpload } from '../operations/multipart.ts';
import type { ChecksumAlgorithm } from '../protocol/checksum.ts';
import { XmlError } from '../protocol/xml-reader.ts';
import { abortUpload } from './abort-upload.ts';
import { objectInput } from './object-headers.ts';
import type { CallOptions, UploadOptions } from './options.ts';
import type { Call, Sender } from './send.ts';
import { checkChecksum } from './settings.ts';

/** A multipart upload that the server has begun. */
export interface OpenUpload {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  /** Every part has one of these. */
  readonly checksum: ChecksumAlgorithm | undefined;
  /** For each of its requests, but for the signal. */
  readonly call: Call;
}

/** Begins the upload of an object in parts, with all that is stored beside its bytes. */
export function createObjectUpload(sender: Sender, key: string, options: UploadOptions): Promise<OpenUpload> {
  const { checksum = sender.settings.checksum } = options;
  checkChecksum(checksum);
  return createUpload(sender, key, objectInput(options), checksum, options);
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

/** CRCs of parts make that of the whole; digests can only be digested once more. */
export function checksumType(algorithm: ChecksumAlgorithm): 'FULL_OBJECT' | 'COMPOSITE' {
  return algorithm.startsWith('CRC') ? 'FULL_OBJECT' : 'COMPOSITE';
}

/** What of a call's options each request of a multipart upload takes. */
export function partCall({ headers, retry, timeouts }: CallOptions): Call {
  return { headers: pickHeaders(headers, always), retry, timeouts };
}

/** Those of the caller's headers whose names are meant for one request. */
export function pickHeaders(headers: CallOptions['headers'], names: RegExp): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => names.test(name)));
}

const always = /^x-amz-(server-side-encryption-customer-|request-payer|expected-bucket-owner)/i;
/** Conditions are for the end, copy headers for the parts. */
const once = /^(?!if-|x-amz-(copy-source|source-expected|metadata-directive|tagging-directive))/i;
