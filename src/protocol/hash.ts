/** Digests that the S3 protocol names and that every runtime can compute synchronously. */
export type HashAlgorithm = 'md5' | 'sha1' | 'sha256';

/** A digest fed piece by piece. `digest` may be called once. */
export interface RunningHash {
  update(data: Uint8Array): void;
  digest(): Uint8Array;
}

/**
 * The cryptographic primitives signing and checksums need, synchronous on every runtime: `node:crypto` where
 * there is one (`node/hash.ts`), plain JavaScript elsewhere (`protocol/portable-hash.ts`).
 * Strings are hashed as UTF-8. What only some requests need may be missing: ask `protocol/digest.ts` for it.
 */
export interface Hashes {
  /** Lower-case hexadecimal SHA-256 in one shot. */
  sha256Hex(data: string | Uint8Array): string;
  hmacSha256(key: string | Uint8Array, data: string): Uint8Array;
  /** Lower-case hexadecimal HMAC-SHA256, the form every SigV4 signature takes. */
  hmacSha256Hex(key: Uint8Array, data: string): string;
  readonly hmacSha1?: (key: string | Uint8Array, data: string) => Uint8Array;
  readonly start?: (algorithm: HashAlgorithm) => RunningHash;
  /** CRC-32 (zlib) of `data`, going on from `previous` (0 at the start). Unsigned. */
  readonly crc32?: ((data: Uint8Array, previous?: number) => number) | undefined;
}
