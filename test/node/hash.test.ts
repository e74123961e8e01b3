import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nodeHashes } from '../../src/node/hash.ts';
import { crc32, hmacSha1, startHash } from '../../src/protocol/digest.ts';
import type { Hashes } from '../../src/protocol/hash.ts';
import { encodeHex } from '../../src/protocol/hex.ts';
import { portableHashes } from '../../src/protocol/portable-hash.ts';

const text = 'The quick brown fox jumps over the lazy dog';
const bytes = (value: string) => new TextEncoder().encode(value);

for (const [name, hashes] of Object.entries({ nodeHashes, portableHashes })) {
  // FIPS 180-4 examples, RFC 1321 A.5, and the HMAC of RFC 2202 and RFC 4231 (cases 1, 2 and 6: a long key).
  test(`${name}: published digests`, () => {
    const digests = {
      md5: ['d41d8cd98f00b204e9800998ecf8427e', '9e107d9d372bb6826bd81d3542a419d6'],
      sha1: ['da39a3ee5e6b4b0d3255bfef95601890afd80709', '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12'],
      sha256: [
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        'd7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592',
      ],
    } as const;
    for (const [algorithm, [empty, fox]] of Object.entries(digests)) {
      assert.equal(encodeHex(startHash(hashes, algorithm as 'md5').digest()), empty);
      const running = startHash(hashes, algorithm as 'md5');
      running.update(bytes(text));
      assert.equal(encodeHex(running.digest()), fox);
    }
    assert.equal(hashes.sha256Hex(text), digests.sha256[1]);
    assert.equal(hashes.sha256Hex(bytes(text)), digests.sha256[1]);

    const long = new Uint8Array(131).fill(0xaa);
    const longText = 'Test Using Larger Than Block-Size Key - Hash Key First';
    assert.equal(
      encodeHex(hmacSha1(hashes, 'Jefe', 'what do ya want for nothing?')),
      'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
    );
    assert.equal(
      encodeHex(hashes.hmacSha256(new Uint8Array(20).fill(0x0b), 'Hi There')),
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    );
    assert.equal(
      encodeHex(hashes.hmacSha256('Jefe', 'what do ya want for nothing?')),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
    for (let time = 0; time < 2; time++) {
      assert.equal(
        hashes.hmacSha256Hex(long, longText),
        '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
      );
    }
    assert.equal(crc32(hashes, bytes('123456789')), 0xcbf43926);
    assert.equal(crc32(hashes, bytes('6789'), crc32(hashes, bytes('12345'))), 0xcbf43926);
  });
}

test('portable and node digests agree on any bytes, fed in any pieces', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('md5', 'sha1', 'sha256'),
      fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }),
      (algorithm, pieces) => {
        const [portable, node] = [portableHashes, nodeHashes].map((hashes) => {
          const running = startHash(hashes, algorithm);
          for (const piece of pieces) running.update(piece);
          return encodeHex(running.digest());
        });
        assert.equal(portable, node);
      },
    ),
  );
});

test('portable and node HMACs agree on any key and text', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('sha1', 'sha256'),
      fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.uint8Array({ maxLength: 150 })),
      fc.string({ unit: 'binary', maxLength: 150 }),
      (algorithm, key, data) => {
        const hmac = (hashes: Hashes) =>
          encodeHex(algorithm === 'sha1' ? hmacSha1(hashes, key, data) : hashes.hmacSha256(key, data));
        const expected = hmac(nodeHashes);
        assert.equal(hmac(portableHashes), expected);
        if (algorithm === 'sha256' && typeof key !== 'string') {
          assert.equal(portableHashes.hmacSha256Hex(key, data), expected);
          assert.equal(nodeHashes.hmacSha256Hex(key, data), expected);
        }
        assert.equal(portableHashes.sha256Hex(data), nodeHashes.sha256Hex(data));
      },
    ),
  );
});

test('every length up to three blocks is padded right', () => {
  const data = Uint8Array.from({ length: 192 }, (_, i) => i);
  for (const algorithm of ['md5', 'sha1', 'sha256'] as const) {
    for (let length = 0; length <= data.length; length++) {
      const [portable, node] = [portableHashes, nodeHashes].map((hashes) => {
        const running = startHash(hashes, algorithm);
        running.update(data.subarray(0, length));
        return encodeHex(running.digest());
      });
      assert.equal(portable, node, `${algorithm} of ${length} bytes`);
    }
  }
});
