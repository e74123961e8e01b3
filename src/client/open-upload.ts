import type { ChecksumAlgorithm } from '../protocol/checksum.ts';
import type { CallOptions } from './options.ts';
import type { Call } from './send.ts';

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
