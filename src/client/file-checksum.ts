import type { FileTarget } from '../http/files.ts';
import type { ChecksumAlgorithm } from '../protocol/checksum.ts';
import { startChecksum } from '../protocol/compute-checksum.ts';
import type { Hashes } from '../protocol/hash.ts';

/** The checksum of the bytes of a file from `first` up to `end`, read again. */
export async function fileChecksum(
  file: Pick<FileTarget, 'read'>,
  algorithm: ChecksumAlgorithm,
  first: number,
  end: number,
  hashes: Hashes,
  signal: AbortSignal | undefined,
): Promise<string> {
  const running = startChecksum(algorithm, hashes);
  const buffer = new Uint8Array(Math.min(1_048_576, end - first));
  while (first < end) {
    signal?.throwIfAborted();
    const read = await file.read(buffer.subarray(0, end - first), first);
    if (read === 0) break;
    running.update(buffer.subarray(0, read));
    first += read;
  }
  return running.base64();
}
