import { type BlockHash, startBlockHash } from './block-hash.ts';
import { crc32 } from './crc.ts';
import type { Hashes } from './hash.ts';
import { encodeHex } from './hex.ts';
import { md5 } from './md5.ts';
import { sha1 } from './sha1.ts';
import { sha256 } from './sha256.ts';

/** {@link Hashes} in plain JavaScript, for runtimes whose own digests are asynchronous or missing. */
export const portableHashes: Hashes = {
  sha256Hex: (data) => encodeHex(finish(sha256, data)),
  hmac: (algorithm, key, data) => {
    const hash = blockHashes[algorithm];
    return finishHmac(hash, hmacStates(hash, key), data);
  },
  hmacSha256Hex: (key, data) => {
    let states = signingStates.get(key);
    if (!states) {
      states = hmacStates(sha256, key);
      signingStates.set(key, states);
    }
    return encodeHex(finishHmac(sha256, states, data));
  },
  start: (algorithm) => startBlockHash(blockHashes[algorithm]),
  crc32,
};

const blockHashes = { md5, sha1, sha256 };
const encoder = new TextEncoder();

/** A signing key serves a whole day: half the blocks of its HMACs need mixing only once. */
const signingStates = new WeakMap<Uint8Array, HmacStates>();

/** The inner and the outer hash of an HMAC (RFC 2104) after their first block, which holds the key. */
type HmacStates = readonly [Int32Array, Int32Array];

function hmacStates(hash: BlockHash, key: string | Uint8Array): HmacStates {
  let bytes = toBytes(key);
  if (bytes.length > 64) bytes = finish(hash, bytes);
  const state = (pad: number): Int32Array => {
    const block = new Uint8Array(64);
    block.set(bytes);
    const reached = hash.initial.slice();
    startBlockHash(hash, reached).update(block.map((byte) => byte ^ pad));
    return reached;
  };
  return [state(0x36), state(0x5c)];
}

function finishHmac(hash: BlockHash, [inner, outer]: HmacStates, data: string): Uint8Array {
  return finish(hash, finish(hash, data, inner.slice(), 64), outer.slice(), 64);
}

function finish(hash: BlockHash, data: string | Uint8Array, state?: Int32Array, length?: number): Uint8Array {
  const running = startBlockHash(hash, state, length);
  running.update(toBytes(data));
  return running.digest();
}

function toBytes(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : data;
}
