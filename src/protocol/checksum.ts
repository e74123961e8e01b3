import { decodeBase64, encodeBase64 } from './base64.ts';
import { type CrcAlgorithm, combineCrc } from './combine-crc.ts';
import { crc32c, startCrc64nvme } from './crc.ts';
import type { Hashes, RunningHash } from './hash.ts';

/**
 * The checksums that servers of every make know, cheapest first. See
 * {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html Checking object integrity}.
 */
export type ChecksumAlgorithm = CrcAlgorithm | 'SHA1' | 'SHA256';

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

/** The header, or trailer, that carries a checksum's value. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return headerNames[algorithm];
}

/** The value of `Content-MD5` for a body. */
export function contentMd5(bytes: Uint8Array, hashes: Hashes): string {
  const hash = hashes.start('md5');
  hash.update(bytes);
  return encodeBase64(hash.digest());
}

/** A stored checksum, and how to compute it anew. */
export interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
}

/**
 * The cheapest checksum in a response's headers that can be checked against its body, if there is one. Composite
 * values (`...-3`) and malformed ones cannot. Good only for a whole object, or a whole part asked for by number,
 * whose content no one decoded on the way.
 */
export function verifiableChecksum(
  headers: Readonly<Record<string, string | undefined>>,
): StoredChecksum | undefined {
  for (const algorithm of checksumAlgorithms) {
    const value = headers[headerNames[algorithm]];
    if (value?.length === valueLengths[algorithm]) return { algorithm, value };
  }
  return undefined;
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

const headerNames: Readonly<Record<ChecksumAlgorithm, string>> = {
  CRC32: 'x-amz-checksum-crc32',
  CRC32C: 'x-amz-checksum-crc32c',
  CRC64NVME: 'x-amz-checksum-crc64nvme',
  SHA1: 'x-amz-checksum-sha1',
  SHA256: 'x-amz-checksum-sha256',
};

/** Characters of base64. */
const valueLengths: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 8,
  CRC32C: 8,
  CRC64NVME: 12,
  SHA1: 28,
  SHA256: 44,
};

/** Cheapest first. */
export const checksumAlgorithms: readonly ChecksumAlgorithm[] = Object.keys(
  valueLengths,
) as ChecksumAlgorithm[];

function startDigest(algorithm: ChecksumAlgorithm, hashes: Hashes): RunningHash {
  if (algorithm === 'SHA1') return hashes.start('sha1');
  if (algorithm === 'SHA256') return hashes.start('sha256');
  if (algorithm === 'CRC64NVME') return startCrc64nvme();
  let crc = 0;
  return {
    update(data) {
      crc = algorithm === 'CRC32' ? hashes.crc32(data, crc) : crc32c(data, crc);
    },
    digest() {
      const view = new DataView(new ArrayBuffer(4));
      view.setUint32(0, crc);
      return new Uint8Array(view.buffer);
    },
  };
}

function digestOf(algorithm: ChecksumAlgorithm, value: string): Uint8Array {
  const digest = value.length === valueLengths[algorithm] && decodeBase64(value);
  if (!digest) throw new TypeError(`Not the ${algorithm} of a part: ${value}`);
  return digest;
}
