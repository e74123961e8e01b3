import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { nodeHashes } from '../../src/node/hash.ts';
import {
  type ChecksumAlgorithm,
  checksumAlgorithms,
  checksumHeader,
  verifiableChecksum,
} from '../../src/protocol/checksum.ts';
import type { CrcAlgorithm } from '../../src/protocol/combine-crc.ts';
import {
  checksum,
  compositeChecksum,
  contentMd5,
  fullObjectChecksum,
  startChecksum,
} from '../../src/protocol/compute-checksum.ts';
import { portableHashes } from '../../src/protocol/portable-hash.ts';

const crcs = ['CRC32', 'CRC32C', 'CRC64NVME'] as const;

interface Vectors {
  single: {
    name: string;
    text?: string;
    hex?: string;
    repeat?: string;
    count?: number;
    sums: Record<string, { base64: string }>;
  }[];
  multipart: {
    partFill: string[];
    partSize: number;
    algorithms: Record<string, { parts: string[]; fullObject?: string; composite?: string }>;
  };
  compositeTutorial: { algorithm: ChecksumAlgorithm; parts: string[]; composite: string };
  compositeOnePart: {
    algorithm: ChecksumAlgorithm;
    partText: { repeat: string; count: number };
    part: string;
    composite: string;
  };
  crcCombine: ({ aLen: number; bLen: number } & Record<CrcAlgorithm, { a: string; b: string; ab: string }>)[];
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/checksums.json', import.meta.url), 'utf8'),
);

for (const [name, hashes] of Object.entries({ nodeHashes, portableHashes })) {
  test(`${name}: known checksums of whole bodies`, () => {
    for (const { name, text, hex, repeat, count, sums } of vectors.single) {
      const bytes =
        hex === undefined ? Buffer.from(text ?? repeat?.repeat(count ?? 0) ?? '') : Buffer.from(hex, 'hex');
      for (const algorithm of checksumAlgorithms) {
        assert.equal(checksum(algorithm, bytes, hashes), sums[algorithm]?.base64, `${algorithm} of ${name}`);
      }
      assert.equal(contentMd5(bytes, hashes), sums['MD5']?.base64);
    }
  });
}

test('known checksums of multipart objects, from their parts', () => {
  const { partFill, partSize, algorithms } = vectors.multipart;
  for (const algorithm of checksumAlgorithms) {
    const known = algorithms[algorithm]!;
    const parts = partFill.map((fill) => checksum(algorithm, Buffer.alloc(partSize, fill), nodeHashes));
    assert.deepEqual(parts, known.parts);
    if (known.composite) assert.equal(compositeChecksum(algorithm, parts, nodeHashes), known.composite);
    if (known.fullObject) {
      const sized = parts.map((checksum) => ({ checksum, size: partSize }));
      assert.equal(fullObjectChecksum(algorithm as CrcAlgorithm, sized), known.fullObject);
    }
  }
  const { algorithm, parts, composite } = vectors.compositeTutorial;
  assert.equal(compositeChecksum(algorithm, parts, nodeHashes), composite);
  const one = vectors.compositeOnePart;
  const part = checksum(one.algorithm, Buffer.alloc(one.partText.count, one.partText.repeat), nodeHashes);
  assert.equal(part, one.part);
  assert.equal(compositeChecksum(one.algorithm, [part], nodeHashes), one.composite);
});

test('known CRCs of two runs of bytes, combined', () => {
  const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
  for (const vector of vectors.crcCombine) {
    for (const algorithm of crcs) {
      const { a, b, ab } = vector[algorithm];
      const parts = [
        { checksum: base64(a), size: vector.aLen },
        { checksum: base64(b), size: vector.bLen },
      ];
      assert.equal(fullObjectChecksum(algorithm, parts), base64(ab));
    }
  }
});

test('a whole checksum equals that of its pieces, fed or combined', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...crcs),
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
      (algorithm, pieces) => {
        const whole = checksum(algorithm, Buffer.concat(pieces), nodeHashes);
        const running = startChecksum(algorithm, nodeHashes);
        for (const piece of pieces) running.update(piece);
        assert.equal(running.base64(), whole);
        const parts = pieces.map((piece) => ({
          checksum: checksum(algorithm, piece, nodeHashes),
          size: piece.length,
        }));
        assert.equal(fullObjectChecksum(algorithm, parts), whole);
      },
    ),
  );
});

test('a CRC of terabytes combines too', () => {
  // n zero bytes after a run only shift it; so shifting twice by half of n must be the same.
  const zero = Buffer.alloc(8).toString('base64');
  const run = checksum('CRC64NVME', Buffer.from('abc'), nodeHashes);
  const shifted = (...sizes: number[]) =>
    fullObjectChecksum('CRC64NVME', [
      { checksum: run, size: 3 },
      ...sizes.map((size) => ({ checksum: zero, size })),
    ]);
  assert.equal(shifted(2 ** 45 + 2), shifted(2 ** 44 + 1, 2 ** 44 + 1));
  assert.notEqual(shifted(2 ** 45 + 2), shifted(2 ** 45));
});

test('a part whose checksum is none is refused', () => {
  for (const bad of ['', 'x', 'AAAA', 'rosUhgp5mIg=', 'JRTCyQ==-1', 'JRTCyR==']) {
    assert.throws(() => fullObjectChecksum('CRC32', [{ checksum: bad, size: 1 }]), TypeError, bad);
  }
  assert.throws(() => compositeChecksum('SHA256', ['nonsense'], nodeHashes), TypeError);
});

test('which checksum of a response can be verified', () => {
  const crc32 = { algorithm: 'CRC32', value: 'y/Q5Jg==' };
  const crc64 = { algorithm: 'CRC64NVME', value: 'rosUhgp5mIg=' };
  assert.equal(checksumHeader('CRC64NVME'), 'x-amz-checksum-crc64nvme');
  assert.equal(verifiableChecksum({}), undefined);
  assert.equal(verifiableChecksum({ 'x-amz-checksum-crc32': undefined }), undefined);
  assert.deepEqual(verifiableChecksum({ 'x-amz-checksum-crc64nvme': crc64.value }), crc64);
  assert.deepEqual(
    verifiableChecksum({ 'x-amz-checksum-crc64nvme': crc64.value, 'x-amz-checksum-crc32': crc32.value }),
    crc32,
  );
  assert.deepEqual(
    verifiableChecksum({ 'x-amz-checksum-crc32': 'y/Q5Jg==-2', 'x-amz-checksum-crc64nvme': crc64.value }),
    crc64,
  );
  for (const value of ['', 'Z+ry2Q==-3', 'Z+ry2Q==-10000', 'cbf4392', 'y/Q5Jg']) {
    assert.equal(verifiableChecksum({ 'x-amz-checksum-crc32': value }), undefined, value);
  }
});
