import type { ChecksumAlgorithm } from '../protocol/checksum.ts';
import { checkChecksum } from './settings.ts';

/** What another process needs to go on with an upload. Holds no secret. */
export interface UploadToken {
  readonly version: 1;
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly partSize: number;
  readonly checksum?: ChecksumAlgorithm | undefined;
  /** Bytes of the source, where that is known. */
  readonly size?: number | undefined;
  /** When the source was last modified, in milliseconds since the epoch, where it says. */
  readonly modified?: number | undefined;
}

/** @throws {TypeError} it is no token of an upload */
export function readUploadToken(text: string): UploadToken {
  let token: UploadToken | undefined;
  try {
    token = JSON.parse(text);
  } catch {
    // Refused below.
  }
  const { version, bucket, key, uploadId, partSize, checksum } = token ?? ({} as Partial<UploadToken>);
  const texts = [bucket, key, uploadId].every((each) => typeof each === 'string' && each !== '');
  if (version !== 1 || !texts || !Number.isInteger(partSize))
    throw new TypeError('This is not the state() of an upload');
  checkChecksum(checksum);
  return token as UploadToken;
}
