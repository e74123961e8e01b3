import type { RunningHash } from './hash.ts';

/** CRC-32 as zlib has it: of `data`, going on from `previous` (0 at the start). Unsigned. */
export function crc32(data: Uint8Array, previous = 0): number {
  crc32Tables ??= makeTables(0xedb88320, 0).low;
  return crc32Step(crc32Tables, data, previous);
}

/** CRC-32C (Castagnoli, {@link https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 RFC 3720}), used like {@link crc32}. */
export function crc32c(data: Uint8Array, previous = 0): number {
  crc32cTables ??= makeTables(0x82f63b78, 0).low;
  return crc32Step(crc32cTables, data, previous);
}

/** CRC-64/NVME, the checksum S3 itself computes for objects uploaded without one. Its digest is big-endian. */
export function startCrc64nvme(): RunningHash {
  crc64Tables ??= makeTables(0xac4bc9b5, 0x9a6c9329);
  const { low: L, high: H } = crc64Tables;
  let low = -1;
  let high = -1;
  return {
    update(data) {
      let at = 0;
      for (const end = data.length - 7; at < end; at += 8) {
        const x = low ^ (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24));
        const y =
          high ^ (data[at + 4]! | (data[at + 5]! << 8) | (data[at + 6]! << 16) | (data[at + 7]! << 24));
        const a = 1792 | (x & 255);
        const b = 1536 | ((x >>> 8) & 255);
        const c = 1280 | ((x >>> 16) & 255);
        const d = 1024 | (x >>> 24);
        const e = 768 | (y & 255);
        const f = 512 | ((y >>> 8) & 255);
        const g = 256 | ((y >>> 16) & 255);
        const h = y >>> 24;
        low = L[a]! ^ L[b]! ^ L[c]! ^ L[d]! ^ L[e]! ^ L[f]! ^ L[g]! ^ L[h]!;
        high = H[a]! ^ H[b]! ^ H[c]! ^ H[d]! ^ H[e]! ^ H[f]! ^ H[g]! ^ H[h]!;
      }
      for (; at < data.length; at++) {
        const a = (low ^ data[at]!) & 255;
        low = ((low >>> 8) | (high << 24)) ^ L[a]!;
        high = (high >>> 8) ^ H[a]!;
      }
    },
    digest() {
      const view = new DataView(new ArrayBuffer(8));
      view.setInt32(0, ~high);
      view.setInt32(4, ~low);
      return new Uint8Array(view.buffer);
    },
  };
}

let crc32Tables: Int32Array | undefined;
let crc32cTables: Int32Array | undefined;
let crc64Tables: Tables | undefined;

function crc32Step(T: Int32Array, data: Uint8Array, previous: number): number {
  let crc = ~previous;
  let at = 0;
  for (const end = data.length - 7; at < end; at += 8) {
    crc ^= data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    crc =
      T[1792 | (crc & 255)]! ^
      T[1536 | ((crc >>> 8) & 255)]! ^
      T[1280 | ((crc >>> 16) & 255)]! ^
      T[1024 | (crc >>> 24)]! ^
      T[768 | data[at + 4]!]! ^
      T[512 | data[at + 5]!]! ^
      T[256 | data[at + 6]!]! ^
      T[data[at + 7]!]!;
  }
  for (; at < data.length; at++) crc = (crc >>> 8) ^ T[(crc ^ data[at]!) & 255]!;
  return ~crc >>> 0;
}

/** Halves of eight tables of 256: table n holds each byte's remainder when n more bytes follow it ("slicing by 8"). */
interface Tables {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** Tables of a reflected polynomial of up to 64 bits; a 32-bit one has no high half. */
function makeTables(polyLow: number, polyHigh: number): Tables {
  const low = new Int32Array(2048);
  const high = new Int32Array(2048);
  for (let i = 0; i < 2048; i++) {
    let l = i < 256 ? i : low[i - 256]!;
    let h = i < 256 ? 0 : high[i - 256]!;
    for (let bit = 0; bit < 8; bit++) {
      const out = -(l & 1);
      l = ((l >>> 1) | (h << 31)) ^ (polyLow & out);
      h = (h >>> 1) ^ (polyHigh & out);
    }
    low[i] = l;
    high[i] = h;
  }
  return { low, high };
}
