import { type ChecksumAlgorithm, type StoredChecksum, verifiableChecksum } from '../protocol/checksum.ts';
import type { CrcAlgorithm } from '../protocol/combine-crc.ts';
import { S3Error } from '../protocol/error.ts';
import { strongEtag } from './answered-range.ts';
import { checkStored } from './checked-body.ts';
import { checkDownloadOptions, type DownloadOptions } from './download-options.ts';
import { downloadRanges } from './download-ranges.ts';
import { fileChecksum } from './file-checksum.ts';
import { headObject, type ObjectHead } from './head.ts';
import { headerNumber } from './response.ts';
import type { Sender } from './send.ts';

/** An object that is now a file. */
export interface Downloaded extends ObjectHead {
  /** The stored checksum that the bytes were found to have; undefined where the server gave none of the whole object. */
  readonly verified: ChecksumAlgorithm | undefined;
}

/**
 * Reads an object into a file: in ranges, all of one version, written where they belong as they come. The file is
 * complete and verified when it appears under its name; until then, and whatever fails, an older one stays as it is.
 */
export async function download(
  sender: Sender,
  key: string,
  path: string | URL,
  options: DownloadOptions,
): Promise<Downloaded> {
  const { files, hashes } = sender.settings;
  const { resume = false, fsync = false, signal } = options;
  if (!files) throw new TypeError('This runtime has no files: read the body of get()');
  if (typeof path !== 'string' && !(path instanceof URL)) throw new TypeError('A path must be text or a URL');
  checkDownloadOptions(options);
  const head = await headObject(sender, key, options);
  const stored = verifiableChecksum(head.headers);
  const crc = crcOf(stored) ?? (resume ? 'CRC32' : undefined);
  const version = {
    etag: strongEtag(head.headers['etag']),
    size: headerNumber(head.headers['content-length']),
    crc,
  };
  const target = await files.openTarget(path, { resumable: resume });
  try {
    const { size, checksum } = await downloadRanges(sender, key, options, version, target);
    if (stored) {
      const actual = crcOf(stored)
        ? checksum
        : await fileChecksum(target, stored.algorithm, 0, size, hashes, signal);
      checkStored(stored, actual, { operation: 'GetObject', bucket: sender.bucket(options.bucket), key });
    }
    await target.commit(size, fsync);
    return { ...head, size, verified: stored?.algorithm };
  } catch (error) {
    // Bytes that do not add up now will not do so the next time.
    const worthKeeping = !(error instanceof S3Error && error.code === 'ChecksumMismatch');
    await target.discard(resume && worthKeeping).catch(() => {});
    throw error;
  }
}

function crcOf(stored: StoredChecksum | undefined): CrcAlgorithm | undefined {
  const algorithm = stored?.algorithm;
  return algorithm === 'SHA1' || algorithm === 'SHA256' ? undefined : algorithm;
}
