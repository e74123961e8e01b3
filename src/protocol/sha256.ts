import type { BlockHash } from './block-hash.ts';

/** SHA-256, as in {@link https://csrc.nist.gov/pubs/fips/180-4/upd1/final FIPS 180-4}. */
export const sha256: BlockHash = {
  initial: new Int32Array(8),
  littleEndian: false,
  compress(state, w) {
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let i = 0; i < 64; i++) {
      if (i > 15) {
        const x = w[i - 15]!;
        const y = w[i - 2]!;
        w[i] =
          (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)) +
          (((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)) +
          w[i - 7]! +
          w[i - 16]!;
      }
      const t =
        (h +
          (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) +
          (g ^ (e & (f ^ g))) +
          constants[i]! +
          w[i]!) |
        0;
      h = g;
      g = f;
      f = e;
      e = (d + t) | 0;
      d = c;
      c = b;
      b = a;
      a =
        (t +
          (((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) +
          ((b & c) | (d & (b | c)))) |
        0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
    state[4]! += e;
    state[5]! += f;
    state[6]! += g;
    state[7]! += h;
  },
};

// The standard takes its numbers from the roots of the first primes: 32 bits after the point.
const constants = new Int32Array(64);
for (let n = 2, i = 0; i < 64; n++) {
  let divisor = 2;
  while (n % divisor) divisor++;
  if (divisor < n) continue;
  if (i < 8) sha256.initial[i] = (n ** 0.5 % 1) * 2 ** 32;
  constants[i++] = (n ** (1 / 3) % 1) * 2 ** 32;
}
