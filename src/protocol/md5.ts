import type { BlockHash } from './block-hash.ts';

/** MD5, as in {@link https://www.rfc-editor.org/rfc/rfc1321 RFC 1321}: for `Content-MD5`, not for secrecy. */
export const md5: BlockHash = {
  initial: new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]),
  littleEndian: true,
  compress(state, w) {
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    for (let i = 0; i < 64; i++) {
      const mixed =
        i < 16
          ? (d ^ (b & (c ^ d))) + w[i]!
          : i < 32
            ? (c ^ (d & (b ^ c))) + w[(i * 5 + 1) & 15]!
            : i < 48
              ? (b ^ c ^ d) + w[(i * 3 + 5) & 15]!
              : (c ^ (b | ~d)) + w[(i * 7) & 15]!;
      const x = (a + mixed + constants[i]!) | 0;
      const turn = turns[((i >> 4) << 2) | (i & 3)]!;
      a = d;
      d = c;
      c = b;
      b = (b + ((x << turn) | (x >>> -turn))) | 0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
  },
};

const constants = Int32Array.from({ length: 64 }, (_, i) => Math.abs(Math.sin(i + 1)) * 2 ** 32);
const turns = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
