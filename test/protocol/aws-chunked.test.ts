import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { nodeHashes } from '../../src/node/hash.ts';
import { type AwsChunkedForm, chunkSigner } from '../../src/protocol/aws-chunked.ts';
import { AwsChunkedError, decodeAwsChunked } from '../../src/protocol/aws-chunked-decoder.ts';
import { awsChunkedLength, encodeAwsChunked } from '../../src/protocol/aws-chunked-encoder.ts';
import { type Signature, signingKeyV4 } from '../../src/protocol/sigv4.ts';

const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

interface Vector {
  name: string;
  seed?: { date: string; region: string };
  seedSignature?: string;
  fill?: string;
  body?: string;
  decodedLength: number;
  chunks?: { size: number; signature: string }[];
  trailer?: { name: string; value: string };
  wire?: string;
  wireLength: number;
  wireSha256: string;
}

const { cases }: { cases: Vector[] } = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/sigv4-chunked.json', import.meta.url), 'utf8'),
);

function seedAt(date: string, region: string, signature: string): Signature {
  return { signature, date, ...signingKeyV4({ hashes: nodeHashes, credentials, region }, date.slice(0, 8)) };
}

describe('vectors', () => {
  for (const vector of cases) {
    test(vector.name, async () => {
      const { date, region } = vector.seed ?? { date: '20130524T000000Z', region: 'us-east-1' };
      const signer = () =>
        vector.seedSignature === undefined
          ? undefined
          : chunkSigner(seedAt(date, region, vector.seedSignature), nodeHashes);
      const chunkSize = vector.chunks?.[0]?.size || 65_536;
      const unsigned = { name: 'x-amz-checksum-crc32', value: 'DUoRhQ==' };
      const trailer = vector.trailer ?? (vector.seedSignature === undefined ? unsigned : undefined);
      const data = Buffer.from(vector.body ?? vector.fill!.repeat(vector.decodedLength));

      const wire = Buffer.concat(
        await all(
          encodeAwsChunked(pieces(data, 1000), {
            chunkSize,
            signer: signer(),
            trailer: trailer && { name: trailer.name, value: () => trailer.value },
          }),
        ),
      );
      assert.equal(wire.length, vector.wireLength);
      assert.equal(nodeHashes.sha256Hex(wire), vector.wireSha256);
      if (vector.wire !== undefined) assert.equal(wire.toString(), vector.wire);
      assert.equal(
        awsChunkedLength(
          data.length,
          chunkSize,
          formOf(vector.seedSignature !== undefined, trailer !== undefined),
          trailer && { name: trailer.name, valueLength: trailer.value.length },
        ),
        wire.length,
      );

      const body = decodeAwsChunked(pieces(wire, 777), {
        decodedLength: data.length,
        signer: signer(),
        trailers: trailer ? [trailer.name] : [],
      });
      assert.ok(Buffer.concat(await all(body)).equals(data));
      assert.deepEqual([...body.trailers], trailer ? [[trailer.name, trailer.value]] : []);
    });
  }
});

const seed = seedAt('20260102T030405Z', 'eu-west-1', '0'.repeat(64));
const trailerName = 'x-amz-checksum-crc32';

interface Sample {
  readonly data: Buffer;
  readonly signed: boolean;
  readonly trailer: string | undefined;
  readonly chunkSize: number;
  readonly cuts: readonly number[];
}

const samples: fc.Arbitrary<Sample> = fc
  .record({
    size: fc.oneof(fc.nat(30_000), fc.constantFrom(0, 1, 8192, 16_384, 16_385)),
    fill: fc.string({ minLength: 1, maxLength: 5 }),
    form: fc.constantFrom([true, undefined], [true, 'DUoRhQ=='], [false, 'AAAAAA==']),
    chunkSize: fc.constantFrom(8192, 10_000, 65_536),
    cuts: fc.array(fc.integer({ min: 1, max: 12_000 }), { minLength: 1, maxLength: 8 }),
  })
  .map(({ size, fill, form, chunkSize, cuts }) => ({
    data: Buffer.alloc(size, fill),
    signed: form[0] as boolean,
    trailer: form[1] as string | undefined,
    chunkSize,
    cuts,
  }));

test('any body, however cut, is framed at the foretold length and comes back', async () => {
  await fc.assert(
    fc.asyncProperty(samples, async (sample) => {
      const wire = await encode(sample);
      const { data, signed, trailer, chunkSize } = sample;
      const expected = awsChunkedLength(
        data.length,
        chunkSize,
        formOf(signed, trailer !== undefined),
        trailer === undefined ? undefined : { name: trailerName, valueLength: trailer.length },
      );
      assert.equal(wire.length, expected);
      const decoded = await decode(wire, sample);
      assert.ok(decoded.data.equals(data));
      assert.equal(decoded.trailers.get(trailerName), trailer);
    }),
    { numRuns: 100 },
  );
});

test('a body changed in any way is refused, or else was not changed in what it says', async () => {
  const change = fc.record({
    kind: fc.constantFrom('flip', 'drop', 'insert', 'cut', 'append', 'swap'),
    at: fc.nat(),
    near: fc.boolean(),
    byte: fc.integer({ min: 1, max: 255 }),
  });
  await fc.assert(
    fc.asyncProperty(samples, change, async (sample, { kind, at, near, byte }) => {
      const wire = await encode(sample);
      // Half of the changes go where the framing is, not into the data.
      const position = near ? Math.max(0, wire.length - 1 - (at % 300)) : at % wire.length;
      const changed = mutate(wire, kind, position, byte);
      if (changed.equals(wire)) return;
      let decoded: { data: Buffer; trailers: ReadonlyMap<string, string> };
      try {
        decoded = await decode(changed, sample);
      } catch (error) {
        assert.ok(error instanceof AwsChunkedError, String(error));
        return;
      }
      if (!sample.signed) {
        assert.equal(decoded.data.length, sample.data.length);
        return;
      }
      assert.ok(decoded.data.equals(sample.data));
      assert.equal(decoded.trailers.get(trailerName), sample.trailer);
    }),
    { numRuns: 500 },
  );
});

test('garbage is refused with the decoder’s own error', async () => {
  const text = fc.string({
    unit: fc.constantFrom('0', '5', 'a', ';', '\r\n', '\n', ':', 'x', 'chunk-signature='),
  });
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (wire, signed, cuts) => {
        const sample = { data: Buffer.alloc(5), signed, trailer: undefined, chunkSize: 8192, cuts };
        try {
          const { data } = await decode(Buffer.from(wire), sample);
          assert.ok(!signed && data.length === 5);
        } catch (error) {
          assert.ok(error instanceof AwsChunkedError, String(error));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('refusals have S3’s codes', async () => {
  const zero = '0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n';
  const small = `5\r\nhello\r\n5\r\nworld\r\n${zero}`;
  const table: [wire: string, decodedLength: number, code: string][] = [
    ['', 0, 'IncompleteBody'],
    ['5\r\nhel', 5, 'IncompleteBody'],
    ['5\r\nhello\r\n', 5, 'IncompleteBody'],
    ['5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n', 5, 'IncompleteBody'],
    [`5\r\nhello\r\n${zero}`, 6, 'IncompleteBody'],
    [`5\r\nhello\r\n${zero}`, 4, 'IncompleteBody'],
    [`fffffffffffff\r\nhello`, 5, 'IncompleteBody'],
    [`ffffffffffffff\r\nhello`, 5, 'InvalidRequest'],
    [small, 10, 'InvalidChunkSizeError'],
    [`5\r\nhello!\r\n${zero}`, 5, 'InvalidRequest'],
    [`5\nhello\r\n${zero}`, 5, 'InvalidRequest'],
    [`-5\r\nhello\r\n${zero}`, 5, 'InvalidRequest'],
    [` 5\r\nhello\r\n${zero}`, 5, 'InvalidRequest'],
    [`5;chunk-signature=${'0'.repeat(64)}\r\nhello\r\n${zero}`, 5, 'InvalidRequest'],
    ['0'.repeat(300), 0, 'InvalidRequest'],
    [`5\r\nhello\r\n${zero}x`, 5, 'InvalidRequest'],
    ['5\r\nhello\r\n0\r\n\r\n', 5, 'MalformedTrailerError'],
    ['5\r\nhello\r\n0\r\nx-amz-checksum-sha1:AAAAAA==\r\n\r\n', 5, 'MalformedTrailerError'],
    ['5\r\nhello\r\n0\r\nx-amz-checksum-crc32\r\n\r\n', 5, 'MalformedTrailerError'],
    ['5\r\nhello\r\n0\r\nx-amz-checksum-crc32:\r\n\r\n', 5, 'MalformedTrailerError'],
    [
      `0\r\nx-amz-checksum-crc32:AAAAAA==\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n`,
      0,
      'MalformedTrailerError',
    ],
  ];
  for (const [wire, decodedLength, code] of table) {
    for (const size of [1, 7, 1000]) {
      const body = decodeAwsChunked(pieces(Buffer.from(wire), size), {
        decodedLength,
        trailers: [trailerName],
      });
      await assert.rejects(all(body), { name: 'AwsChunkedError', code }, wire);
    }
  }
});

test('a signed body needs every signature, and of this request', async () => {
  const sample: Sample = {
    data: Buffer.alloc(20_000, 'z'),
    signed: true,
    trailer: 'DUoRhQ==',
    chunkSize: 8192,
    cuts: [4096],
  };
  const wire = (await encode(sample)).toString('latin1');
  const refused = async (text: string, code: string, changes: Partial<Sample> = {}) => {
    await assert.rejects(decode(Buffer.from(text, 'latin1'), { ...sample, ...changes }), { code });
  };
  await refused(wire.replace(/x-amz-trailer-signature.*\r\n/, ''), 'SignatureDoesNotMatch');
  await refused(wire.replace('DUoRhQ', 'DUoRhR'), 'SignatureDoesNotMatch');
  await refused(wire.replaceAll(/;chunk-signature=[0-9a-f]+/g, ''), 'InvalidRequest');
  await refused(wire, 'InvalidRequest', { signed: false });
  await refused(wire.replace('zz', 'zy'), 'SignatureDoesNotMatch');
  await refused(
    wire.replace(/(\r\n0;chunk-signature=)[0-9a-f]{64}/, `$1${'0'.repeat(64)}`),
    'SignatureDoesNotMatch',
  );
  const [signatureLine] = /x-amz-trailer-signature:[0-9a-f]+\r\n/.exec(wire)!;
  await refused(wire.replace(signatureLine, signatureLine + signatureLine), 'MalformedTrailerError');
  const [trailerLine] = /x-amz-checksum-crc32:.*\r\n/.exec(wire)!;
  await refused(
    wire.replace(trailerLine + signatureLine, signatureLine + trailerLine),
    'MalformedTrailerError',
  );
  const other = chunkSigner({ ...seed, signature: '1'.repeat(64) }, nodeHashes);
  const replayed = decodeAwsChunked(pieces(Buffer.from(wire, 'latin1'), 999), {
    decodedLength: 20_000,
    signer: other,
    trailers: [trailerName],
  });
  await assert.rejects(all(replayed), { code: 'SignatureDoesNotMatch' });
});

test('the end of a chunk is withheld until its signature is known to be good', async () => {
  const sample: Sample = {
    data: Buffer.alloc(8192, 'z'),
    signed: true,
    trailer: undefined,
    chunkSize: 8192,
    cuts: [9999],
  };
  const wire = await encode(sample);
  wire[100]! ^= 1;
  const got: Uint8Array[] = [];
  await assert.rejects(
    async () => {
      const signer = chunkSigner(seed, nodeHashes);
      const body = decodeAwsChunked(pieces(wire, wire.length), { decodedLength: 8192, signer, trailers: [] });
      for await (const piece of body) got.push(piece);
    },
    { code: 'SignatureDoesNotMatch' },
  );
  assert.deepEqual(got, []);
});

test('pieces large enough are passed on without copying, and a source may reuse its buffer', async () => {
  const large = Buffer.alloc(20_000, 'a');
  const trailer = { name: trailerName, value: () => 'AAAAAA==' };
  const passed = await all(encodeAwsChunked(pieces(large, large.length), { chunkSize: 8192, trailer }));
  assert.deepEqual(
    passed.map((piece) => (piece.buffer === large.buffer ? piece.length : 0)).filter((length) => length > 0),
    [8192, 8192],
  );

  async function* reusing() {
    const buffer = new Uint8Array(3000);
    for (const byte of [97, 98, 99, 100, 101]) yield buffer.fill(byte);
  }
  let wire = '';
  for await (const piece of encodeAwsChunked(reusing(), { chunkSize: 8192, trailer })) {
    wire += Buffer.from(piece).toString();
  }
  assert.match(wire, /^2000\r\na{3000}b{3000}c{2192}\r\n1a98\r\nc{808}d{3000}e{3000}\r\n0\r\n/);
});

test('nonsense is refused', async () => {
  const trailer = { name: trailerName, value: () => 'AAAAAA==' };
  const data = Buffer.from('x');
  for (const chunkSize of [0, 8191, 8192.5, Number.NaN]) {
    await assert.rejects(all(encodeAwsChunked(pieces(data, 1), { chunkSize, trailer })), RangeError);
    assert.throws(() => awsChunkedLength(1, chunkSize, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'), RangeError);
  }
  await assert.rejects(all(encodeAwsChunked(pieces(data, 1), { chunkSize: 8192 })), TypeError);
});

test('the source’s own error comes through', async () => {
  async function* failing() {
    yield Buffer.from('x');
    throw new Error('disk');
  }
  const trailer = { name: trailerName, value: () => 'AAAAAA==' };
  await assert.rejects(all(encodeAwsChunked(failing(), { chunkSize: 8192, trailer })), { message: 'disk' });
});

async function encode(sample: Sample): Promise<Buffer> {
  const { data, signed, trailer, chunkSize, cuts } = sample;
  const encoded = encodeAwsChunked(pieces(data, ...cuts), {
    chunkSize,
    signer: signed ? chunkSigner(seed, nodeHashes) : undefined,
    trailer: trailer === undefined ? undefined : { name: trailerName, value: () => trailer },
  });
  return Buffer.concat(await all(encoded));
}

async function decode(wire: Buffer, { data, signed, trailer, cuts }: Sample) {
  const body = decodeAwsChunked(pieces(wire, ...cuts), {
    decodedLength: data.length,
    signer: signed ? chunkSigner(seed, nodeHashes) : undefined,
    trailers: trailer === undefined ? [] : [trailerName],
  });
  return { data: Buffer.concat(await all(body)), trailers: body.trailers };
}

function mutate(wire: Buffer, kind: string, at: number, byte: number): Buffer {
  const before = wire.subarray(0, at);
  const after = wire.subarray(at + 1);
  const other = Buffer.from([wire[at]! ^ byte]);
  if (kind === 'flip') return Buffer.concat([before, other, after]);
  if (kind === 'drop') return Buffer.concat([before, after]);
  if (kind === 'insert') return Buffer.concat([before, other, wire.subarray(at)]);
  if (kind === 'cut') return before;
  if (kind === 'append') return Buffer.concat([wire, other]);
  return Buffer.concat([wire.subarray(at), before]);
}

function formOf(signed: boolean, trailer: boolean): AwsChunkedForm {
  if (!signed) return 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
  return trailer ? 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER' : 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
}

/** `data` in pieces of the given sizes, over and over. */
async function* pieces(data: Buffer, ...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < data.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield data.subarray(at, at + size);
    at += size;
  }
}

async function all(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const piece of source) found.push(piece);
  return found;
}
