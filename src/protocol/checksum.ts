import type { CrcAlgorithm } from './combine-crc.ts';

/**
 * The checksums that servers of every make know, cheapest first. See
 * {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html Checking object integrity}.
 */
export type ChecksumAlgorithm = CrcAlgorithm | 'SHA1' | 'SHA256';

/** The header, or trailer, that carries a checksum's value. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return headerNames[algorithm];
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
    if (value?.length === checksumLengths[algorithm]) return { algorithm, value };
  }
  return undefined;
}

const headerNames: Readonly<Record<ChecksumAlgorithm, string>> = {
  CRC32: 'x-amz-checksum-crc32',
  CRC32C: 'x-amz-checksum-crc32c',
  CRC64NVME: 'x-amz-checksum-crc64nvme',
  SHA1: 'x-amz-checksum-sha1',
  SHA256: 'x-amz-checksum-sha256',
};

/** Characters of base64. */
export const checksumLengths: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 8,
  CRC32C: 8,
  CRC64NVME: 12,
  SHA1: 28,
  SHA256: 44,
};

/** Cheapest first. */
export const checksumAlgorithms: readonly ChecksumAlgorithm[] = Object.keys(
  checksumLengths,
) as ChecksumAlgorithm[];
