import { decodeBase64, encodeBase64 } from './base64.ts';
import { type ChecksumAlgorithm, checksumLengths } from './checksum.ts';
import { type CrcAlgorithm, combineCrc } from './combine-crc.ts';
import { crc32c, startCrc64nvme } from './crc.ts';
import { crc32, startHash } from './digest.ts';
import type { Hashes, RunningHash } from './hash.ts';

/** The checksum of `bytes` as S3 writes it: base64 of the big-endian digest. */
export function checksum(algorithm: ChecksumAlgorithm, bytes: Uint8Array, hashes: Hashes): string {
  const running = startChecksum(algorithm, hashes);
  running.update(bytes);
  return running.base64();
}

/** A checksum fed piece by piece. `base64` may be called once. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  base64(): string;
}

export function startChecksum(algorithm: ChecksumAlgorithm, hashes: Hashes): RunningChecksum {
  const running = startDigest(algorithm, hashes);
  return {
    update: (bytes) => running.update(bytes),
    base64: () => encodeBase64(running.digest()),
  };
}

/** The value of `Content-MD5` for a body. */
export function contentMd5(bytes: Uint8Array, hashes: Hashes): string {
  const hash = startHash(hashes, 'md5');
  hash.update(bytes);
  return encodeBase64(hash.digest());
}

/** The checksum of a multipart object made of its parts' checksums: a digest of their digests, `-` and their number. */
export function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly string[],
  hashes: Hashes,
): string {
  const running = startChecksum(algorithm, hashes);
  for (const part of parts) running.update(digestOf(algorithm, part));
  return `${running.base64()}-${parts.length}`;
}

/** The checksum of all bytes of a multipart object, from its parts in order, without reading them again. */
export function fullObjectChecksum(
  algorithm: CrcAlgorithm,
  parts: readonly { readonly checksum: string; readonly size: number }[],
): string {
  // The CRC of nothing is zero.
  let crc: Uint8Array = new Uint8Array(algorithm === 'CRC64NVME' ? 8 : 4);
  for (const { checksum, size } of parts)
    crc = combineCrc(algorithm, crc, digestOf(algorithm, checksum), size);
  return encodeBase64(crc);
}

function startDigest(algorithm: ChecksumAlgorithm, hashes: Hashes): RunningHash {
  if (algorithm === 'SHA1') return startHash(hashes, 'sha1');
  if (algorithm === 'SHA256') return startHash(hashes, 'sha256');
  if (algorithm === 'CRC64NVME') return startCrc64nvme();
  let crc = 0;
  return {
    update(data) {
      crc = algorithm === 'CRC32' ? crc32(hashes, data, crc) : crc32c(data, crc);
    },
    digest() {
      const view = new DataView(new ArrayBuffer(4));
      view.setUint32(0, crc);
      return new Uint8Array(view.buffer);
    },
  };
}

function digestOf(algorithm: ChecksumAlgorithm, value: string): Uint8Array {
  const digest = value.length === checksumLengths[algorithm] && decodeBase64(value);
  if (!digest) throw new TypeError(`Not the ${algorithm} of a part: ${value}`);
  return digest;
}
