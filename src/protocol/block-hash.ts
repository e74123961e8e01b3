import type { RunningHash } from './hash.ts';

/** What tells MD5, SHA-1 and SHA-256 apart: how they start, read words and mix a block of 64 bytes in. */
export interface BlockHash {
  readonly initial: Int32Array;
  readonly littleEndian: boolean;
  /** Mixes the block in `words[0..15]` into `state`; the other words are scratch. */
  compress(state: Int32Array, words: Int32Array): void;
}

/** Starts a hash, or goes on from a `state` reached after `length` bytes (a multiple of 64). */
export function startBlockHash(
  { initial, littleEndian, compress }: BlockHash,
  state: Int32Array = initial.slice(),
  length = 0,
): RunningHash {
  const tail = new Uint8Array(64);
  const load = (block: Uint8Array, at: number): void => {
    for (let i = 0; i < 16; i++, at += 4) {
      words[i] = littleEndian
        ? block[at]! | (block[at + 1]! << 8) | (block[at + 2]! << 16) | (block[at + 3]! << 24)
        : (block[at]! << 24) | (block[at + 1]! << 16) | (block[at + 2]! << 8) | block[at + 3]!;
    }
  };
  return {
    update(data) {
      let filled = length & 63;
      length += data.length;
      for (let at = 0; at < data.length; ) {
        if (!filled && at + 64 <= data.length) {
          load(data, at);
          at += 64;
        } else {
          tail[filled++] = data[at++]!;
          if (filled < 64) continue;
          load(tail, 0);
          filled = 0;
        }
        compress(state, words);
      }
    },
    digest() {
      let filled = length & 63;
      tail[filled++] = 0x80;
      if (filled > 56) {
        load(tail.fill(0, filled), 0);
        compress(state, words);
        filled = 0;
      }
      load(tail.fill(0, filled), 0);
      words[littleEndian ? 14 : 15] = length << 3;
      words[littleEndian ? 15 : 14] = length / 2 ** 29;
      compress(state, words);
      const digest = new Uint8Array(state.length * 4);
      for (let i = 0; i < digest.length; i++) {
        digest[i] = state[i >> 2]! >> ((littleEndian ? i : ~i) * 8);
      }
      return digest;
    },
  };
}

/** One for all hashes: nothing else runs while a block is mixed. */
const words: Int32Array = new Int32Array(80);
