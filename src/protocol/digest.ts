import { startBlockHash } from './block-hash.ts';
import { crc32 as portableCrc32 } from './crc.ts';
import type { HashAlgorithm, Hashes, RunningHash } from './hash.ts';
import { md5 } from './md5.ts';
import { hmac } from './portable-hash.ts';
import { sha1 } from './sha1.ts';
import { sha256 } from './sha256.ts';

// What few requests need of `Hashes`: the runtime's own, or else plain JavaScript that is loaded with those requests.

export function startHash(hashes: Hashes, algorithm: HashAlgorithm): RunningHash {
  return hashes.start?.(algorithm) ?? startBlockHash(blockHashes[algorithm]);
}

export function hmacSha1(hashes: Hashes, key: string | Uint8Array, data: string): Uint8Array {
  return hashes.hmacSha1?.(key, data) ?? hmac(sha1, key, data);
}

/** CRC-32 of `data`, going on from `previous` (0 at the start). Unsigned. */
export function crc32(hashes: Hashes, data: Uint8Array, previous = 0): number {
  return (hashes.crc32 ?? portableCrc32)(data, previous);
}

const blockHashes = { md5, sha1, sha256 };
