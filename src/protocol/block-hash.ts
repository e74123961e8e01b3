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
  const mix = (data: Uint8Array, at: number): void => {
    for (let i = 0; i < 16; i++, at += 4) {
      words[i] = littleEndian
        ? data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)
        : (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!;
    }
    compress(state, words);
  };
  return {
    update(data) {
      const filled = length % 64;
      let at = 0;
      length += data.length;
      if (filled) {
        at = 64 - filled;
        tail.set(data.subarray(0, at), filled);
        if (data.length < at) return;
        mix(tail, 0);
      }
      for (; at + 64 <= data.length; at += 64) mix(data, at);
      tail.set(data.subarray(at));
    },
    digest() {
      let filled = length % 64;
      tail[filled++] = 0x80;
      tail.fill(0, filled);
      if (filled > 56) {
        mix(tail, 0);
        tail.fill(0);
      }
      const view = new DataView(tail.buffer);
      view.setInt32(littleEndian ? 56 : 60, length << 3, littleEndian);
      view.setInt32(littleEndian ? 60 : 56, length / 0x20000000, littleEndian);
      mix(tail, 0);
      const digest = new DataView(new ArrayBuffer(state.length * 4));
      state.forEach((word, i) => {
        digest.setInt32(i * 4, word, littleEndian);
      });
      return new Uint8Array(digest.buffer);
    },
  };
}

/** One for all hashes: nothing else runs while a block is mixed. */
const words: Int32Array = new Int32Array(80);
