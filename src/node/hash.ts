import * as crypto from 'node:crypto';
import * as zlib from 'node:zlib';
import type { Hashes } from '../protocol/hash.ts';

// Bun and Deno came to have these two later than Node 20 did.
const sha256Hex: Hashes['sha256Hex'] = crypto.hash
  ? (data) => crypto.hash('sha256', data)
  : (data) => crypto.createHash('sha256').update(data).digest('hex');

/** {@link Hashes} on `node:crypto` and `node:zlib`. */
export const nodeHashes: Hashes = {
  sha256Hex,
  hmacSha256: (key, data) => crypto.createHmac('sha256', key).update(data).digest(),
  hmacSha256Hex: (key, data) => crypto.createHmac('sha256', key).update(data).digest('hex'),
  hmacSha1: (key, data) => crypto.createHmac('sha1', key).update(data).digest(),
  start: (algorithm) => {
    const hash = crypto.createHash(algorithm);
    return {
      update(data) {
        hash.update(data);
      },
      digest: () => hash.digest(),
    };
  },
  crc32: zlib.crc32,
};
