import { abortable } from '../http/abortable.ts';
import type { BodySource } from '../http/body.ts';
import { concatenate } from '../http/concatenate.ts';
import { wrongSize } from '../http/exchange-error.ts';
import { encodeBase64 } from '../protocol/base64.ts';
import { type ChecksumAlgorithm, checksumHeader } from '../protocol/checksum.ts';
import { startChecksum } from '../protocol/compute-checksum.ts';
import { startHash } from '../protocol/digest.ts';
import type { Hashes } from '../protocol/hash.ts';
import { encodeHex } from '../protocol/hex.ts';

/**
 * Writes Content-MD5 and the checksum, where they are wanted, into `headers`, and gives the hexadecimal SHA-256 if that
 * is. A body that is not in memory is read once for all of them.
 */
export async function digestBody(
  body: BodySource | Uint8Array,
  wanted: { readonly md5: boolean; readonly checksum: ChecksumAlgorithm | false; readonly sha256: boolean },
  headers: Record<string, string>,
  hashes: Hashes,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const inMemory = body instanceof Uint8Array;
  const { checksum } = wanted;
  const md5 = wanted.md5 ? startHash(hashes, 'md5') : undefined;
  const sum = checksum ? startChecksum(checksum, hashes) : undefined;
  const sha256 = wanted.sha256 && !inMemory ? startHash(hashes, 'sha256') : undefined;
  const update = (chunk: Uint8Array): void => {
    md5?.update(chunk);
    sum?.update(chunk);
    sha256?.update(chunk);
  };
  if (inMemory) update(body);
  else await readAll(body, signal, update);
  if (md5) headers['content-md5'] = encodeBase64(md5.digest());
  if (checksum && sum) headers[checksumHeader(checksum)] = sum.base64();
  if (sha256) return encodeHex(sha256.digest());
  return wanted.sha256 && inMemory ? hashes.sha256Hex(body) : undefined;
}

/** The whole of a body. */
export async function gather(source: BodySource, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  await readAll(source, signal, (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (source.size !== undefined && size > source.size) throw wrongSize(source.size, size);
  });
  return concatenate(chunks, size);
}

/** Reads a source that may have stopped to give anything; the signal ends it then. */
async function readAll(
  source: BodySource,
  signal: AbortSignal | undefined,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const iterator = source.open()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await abortable(iterator.next(), signal);
      if (done) return;
      take(value);
    }
  } catch (error) {
    iterator.return?.();
    throw error;
  }
}
