import * as crypto from 'node:crypto';
import * as zlib from 'node:zlib';
import { crc32 } from '../protocol/crc.ts';
import type { Hashes } from '../protocol/hash.ts';

// Bun and Deno came to have these two later than Node 20 did.
const sha256Hex: Hashes['sha256Hex'] = crypto.hash
  ? (data) => crypto.hash('sha256', data)
  : (data) => crypto.createHash('sha256').update(data).digest('hex');

/** {@link Hashes} on `node:crypto` and `node:zlib`. */
export const nodeHashes: Hashes = {
  sha256Hex,
  hmac: (algorithm, key, data) => crypto.createHmac(algorithm, key).update(data).digest(),
  hmacSha256Hex: (key, data) => crypto.createHmac('sha256', key).update(data).digest('hex'),
  start: (algorithm) => {
    const hash = crypto.createHash(algorithm);
    return {
      update(data) {
        hash.update(data);
      },
      digest: () => hash.digest(),
    };
  },
  crc32: zlib.crc32 ?? crc32,
};
