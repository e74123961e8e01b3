import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { crc32, crc32c, startCrc64nvme } from '../../src/protocol/crc.ts';

/** A CRC from its definition, bit by bit. */
function plainCrc(polynomial: bigint, width: bigint, data: Uint8Array): bigint {
  const ones = (1n << width) - 1n;
  let crc = ones;
  for (const byte of data) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
  }
  return crc ^ ones;
}

function crc64(...pieces: readonly Uint8Array[]): bigint {
  const running = startCrc64nvme();
  for (const piece of pieces) running.update(piece);
  const digest = running.digest();
  return new DataView(digest.buffer).getBigUint64(0);
}

const bytes = fc.uint8Array({ maxLength: 100 });

test('CRCs follow their definitions, fed in any pieces', () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      const whole = Uint8Array.from([...a, ...b]);
      assert.equal(BigInt(crc32(b, crc32(a))), plainCrc(0xedb88320n, 32n, whole));
      assert.equal(crc32(whole), zlib.crc32(whole));
      assert.equal(BigInt(crc32c(b, crc32c(a))), plainCrc(0x82f63b78n, 32n, whole));
      assert.equal(crc64(a, b), plainCrc(0x9a6c9329ac4bc9b5n, 64n, whole));
    }),
  );
});
