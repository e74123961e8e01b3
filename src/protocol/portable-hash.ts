import { type BlockHash, startBlockHash } from './block-hash.ts';
import type { Hashes } from './hash.ts';
import { encodeHex } from './hex.ts';
import { sha256 } from './sha256.ts';

/** {@link Hashes} for SigV4 in plain JavaScript, for runtimes whose own digests are asynchronous or missing. */
export const portableHashes: Hashes = {
  sha256Hex: (data) => encodeHex(finish(sha256, data)),
  hmacSha256: (key, data) => hmac(sha256, key, data),
  hmacSha256Hex: (key, data) => {
    let states = signingStates.get(key);
    if (!states) {
      states = hmacStates(sha256, key);
      signingStates.set(key, states);
    }
    return encodeHex(finishHmac(sha256, states, data));
  },
};

/** HMAC (RFC 2104) of UTF-8 text. */
export function hmac(hash: BlockHash, key: string | Uint8Array, data: string): Uint8Array {
  return finishHmac(hash, hmacStates(hash, key), data);
}

const encoder = new TextEncoder();

/** A signing key serves a whole day: half the blocks of its HMACs need mixing only once. */
const signingStates = new WeakMap<Uint8Array, HmacStates>();

/** The inner and the outer hash of an HMAC after their first block, which holds the key. */
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
