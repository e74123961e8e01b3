import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { nodeHashes } from '../../src/node/hash.ts';
import type { ChecksumAlgorithm } from '../../src/protocol/checksum.ts';
import { checksum, compositeChecksum } from '../../src/protocol/compute-checksum.ts';
import { type Answer, type Asked, bob, type Harness, startHarness } from './s3-harness.ts';

const { ask }: Harness = await startHarness();
const big = Buffer.alloc(5 * 1024 * 1024, 'minis3 ');
const small = Buffer.from('the end');

async function start(key: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await ask('POST', `/box/${key}`, { query: { uploads: '' }, headers });
  assert.equal(answer.status, 200, answer.text);
  return answer.xml('UploadId')!;
}

function part(key: string, uploadId: string, partNumber: number, asked: Asked): Promise<Answer> {
  return ask('PUT', `/box/${key}`, { query: { uploadId, partNumber: String(partNumber) }, ...asked });
}

function complete(
  key: string,
  uploadId: string,
  parts: readonly (readonly [number, string | null, string?])[],
  headers: Record<string, string> = {},
): Promise<Answer> {
  const xml = parts.map(
    ([n, etag, sum = '']) => `<Part><PartNumber>${n}</PartNumber><ETag>${etag}</ETag>${sum}</Part>`,
  );
  const body = `<CompleteMultipartUpload>${xml.join('')}</CompleteMultipartUpload>`;
  return ask('POST', `/box/${key}`, { query: { uploadId }, body, headers });
}

test('an upload in parts becomes one object', async () => {
  const uploadId = await start('whole key', {
    'content-type': 'a/b',
    'x-amz-meta-a': 'b',
    'x-amz-tagging': 'c=d',
  });
  assert.equal((await ask('GET', '/box/whole key')).status, 404);
  await part('whole key', uploadId, 1, { body: small });
  const etags = [
    (await part('whole key', uploadId, 1, { body: big })).headers.get('etag')!,
    (await part('whole key', uploadId, 7, { body: small })).headers.get('etag')!,
  ];
  const done = await complete('whole key', uploadId, [
    [1, etags[0]!],
    [7, etags[1]!.replaceAll('"', '')],
  ]);
  const md5s = [big, small].map((bytes) => createHash('md5').update(bytes).digest());
  const etag = `"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-2"`;
  assert.deepEqual([done.status, done.xml('ETag')?.replaceAll('&quot;', '"')], [200, etag]);
  assert.equal(done.xml('Location'), 'http://localhost:9000/box/whole%20key');
  const got = await ask('GET', '/box/whole key');
  assert.equal(got.text, big.toString() + small.toString());
  const { headers } = got;
  assert.deepEqual(
    ['etag', 'content-type', 'x-amz-meta-a', 'x-amz-tagging-count', 'content-length'].map((name) =>
      headers.get(name),
    ),
    [etag, 'a/b', 'b', '1', String(big.length + small.length)],
  );
  const second = await ask('GET', '/box/whole key', { query: { partNumber: '2' } });
  assert.deepEqual(
    [second.status, second.text, second.headers.get('x-amz-mp-parts-count')],
    [206, 'the end', '2'],
  );
  assert.equal(
    second.headers.get('content-range'),
    `bytes ${big.length}-${big.length + 6}/${big.length + 7}`,
  );
  const third = await ask('GET', '/box/whole key', { query: { partNumber: '3' } });
  assert.deepEqual([third.status, third.xml('ActualPartCount')], [416, '2']);
  const across = await ask('GET', '/box/whole key', {
    headers: { range: `bytes=${big.length - 2}-${big.length + 2}` },
  });
  assert.equal(across.text, `${big.subarray(-2)}the`);
  assert.equal((await complete('whole key', uploadId, [[1, etags[0]!]])).xml('Code'), 'NoSuchUpload');
});

test('what may not be completed', async () => {
  const uploadId = await start('bad');
  const first = (await part('bad', uploadId, 1, { body: big })).headers.get('etag')!;
  const second = (await part('bad', uploadId, 2, { body: small })).headers.get('etag')!;
  const third = (await part('bad', uploadId, 3, { body: small })).headers.get('etag')!;
  const cases: [readonly (readonly [number, string])[], string, Record<string, string>?][] = [
    [
      [
        [2, second],
        [1, first],
      ],
      'InvalidPartOrder',
    ],
    [
      [
        [1, first],
        [1, first],
      ],
      'InvalidPartOrder',
    ],
    [[[1, second]], 'InvalidPart'],
    [
      [
        [1, first],
        [4, second],
      ],
      'InvalidPart',
    ],
    [
      [
        [1, first],
        [2, second],
        [3, third],
      ],
      'EntityTooSmall',
    ],
    [[], 'MalformedXML'],
    [[[1, first]], 'InvalidRequest', { 'x-amz-mp-object-size': '5' }],
    [[[1, first]], 'InvalidRequest', { 'x-amz-checksum-type': 'COMPOSITE' }],
    [[[1, first]], 'NoSuchKey', { 'if-match': '"a"' }],
  ];
  for (const [parts, code, headers] of cases) {
    assert.equal((await complete('bad', uploadId, parts, headers)).xml('Code'), code);
  }
  assert.equal((await ask('HEAD', '/box/bad')).status, 404);
  assert.equal((await complete('other', uploadId, [[1, first]])).xml('Code'), 'NoSuchUpload');
  assert.equal((await complete('bad', '../..', [[1, first]])).xml('Code'), 'NoSuchUpload');
  await ask('PUT', '/box/bad', { body: 'was first' });
  const late = await complete('bad', uploadId, [[1, first]], { 'if-none-match': '*' });
  assert.deepEqual([late.status, late.xml('Code')], [412, 'PreconditionFailed']);
  assert.equal((await complete('bad', uploadId, [[1, first]])).status, 200);
});

test('part numbers, and uploads that are gone', async () => {
  const uploadId = await start('gone');
  for (const number of [0, 10_001, -1]) {
    assert.equal((await part('gone', uploadId, number, { body: 'x' })).xml('Code'), 'InvalidArgument');
  }
  assert.equal((await part('gone', uploadId, 10_000, { body: 'x' })).status, 200);
  assert.equal((await part('gone', uploadId, 1, { body: 'x', user: bob })).status, 403);
  assert.equal((await ask('DELETE', '/box/gone', { query: { uploadId } })).status, 204);
  for (const [method, query] of [
    ['PUT', { uploadId, partNumber: '1' }],
    ['GET', { uploadId }],
    ['DELETE', { uploadId }],
  ] as const) {
    const answer = await ask(method, '/box/gone', { query });
    assert.deepEqual([answer.status, answer.xml('Code')], [404, 'NoSuchUpload']);
  }
});

for (const [algorithm, type] of [
  ['CRC32', 'COMPOSITE'],
  ['CRC32', 'FULL_OBJECT'],
  ['CRC32C', 'COMPOSITE'],
  ['CRC32C', 'FULL_OBJECT'],
  ['CRC64NVME', 'FULL_OBJECT'],
  ['SHA1', 'COMPOSITE'],
  ['SHA256', 'COMPOSITE'],
] as [ChecksumAlgorithm, string][]) {
  test(`checksums of parts: ${algorithm}, ${type}`, async () => {
    const key = `sum-${algorithm}-${type}`;
    const header = `x-amz-checksum-${algorithm.toLowerCase()}`;
    const uploadId = await start(key, { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type });
    const sums = [big, small].map((bytes) => checksum(algorithm, bytes, nodeHashes));
    const wrong = await part(key, uploadId, 1, { body: big, headers: { [header]: sums[1]! } });
    assert.equal(wrong.xml('Code'), 'BadDigest');
    const first = await part(key, uploadId, 1, { body: big, headers: { [header]: sums[0]! } });
    assert.equal(first.headers.get(header), sums[0]);
    // Computed by the server where the client sends none.
    const second = await part(key, uploadId, 2, { body: small });
    assert.equal(second.headers.get(header), sums[1]);
    const other = await part(key, uploadId, 2, {
      body: small,
      headers: {
        [algorithm === 'SHA1' ? 'x-amz-checksum-crc32' : 'x-amz-checksum-sha1']:
          algorithm === 'SHA1' ? 'AAAAAA==' : `${'A'.repeat(27)}=`,
      },
    });
    assert.equal(other.xml('Code'), 'InvalidRequest');

    const element = (sum: string) => `<Checksum${algorithm}>${sum}</Checksum${algorithm}>`;
    const etags = [first, second].map(({ headers }) => headers.get('etag')!);
    if (type === 'COMPOSITE') {
      const lacking = await complete(key, uploadId, [
        [1, etags[0]!, element(sums[0]!)],
        [2, etags[1]!],
      ]);
      assert.equal(lacking.xml('Code'), 'InvalidRequest');
    }
    const parts = [
      [1, etags[0]!, element(sums[0]!)],
      [2, etags[1]!, element(sums[1]!)],
    ] as const;
    const swapped = [
      [1, etags[0]!, element(sums[1]!)],
      [2, etags[1]!, element(sums[1]!)],
    ] as const;
    assert.equal((await complete(key, uploadId, swapped)).xml('Code'), 'InvalidPart');
    const expected =
      type === 'COMPOSITE'
        ? compositeChecksum(algorithm, sums, nodeHashes)
        : checksum(algorithm, Buffer.concat([big, small]), nodeHashes);
    const bad = await complete(key, uploadId, parts, { [header]: sums[0]! });
    assert.equal(bad.xml('Code'), 'BadDigest');
    const done = await complete(key, uploadId, parts, { [header]: expected, 'x-amz-checksum-type': type });
    assert.deepEqual([done.xml(`Checksum${algorithm}`), done.xml('ChecksumType')], [expected, type]);
    const mode = { 'x-amz-checksum-mode': 'ENABLED' };
    const head = await ask('HEAD', `/box/${key}`, { headers: mode });
    assert.equal(head.headers.get(header), expected);
    const one = await ask('HEAD', `/box/${key}`, { headers: mode, query: { partNumber: '2' } });
    assert.equal(one.headers.get(header), type === 'COMPOSITE' ? sums[1] : null);
    const range = await ask('HEAD', `/box/${key}`, { headers: { ...mode, range: 'bytes=0-4' } });
    assert.equal(range.headers.get(header), null);
  });
}

test('checksums that cannot be declared', async () => {
  const cases: [Record<string, string>, string][] = [
    [{ 'x-amz-checksum-type': 'COMPOSITE' }, 'InvalidRequest'],
    [{ 'x-amz-checksum-algorithm': 'CRC64NVME', 'x-amz-checksum-type': 'COMPOSITE' }, 'InvalidRequest'],
    [{ 'x-amz-checksum-algorithm': 'SHA256', 'x-amz-checksum-type': 'FULL_OBJECT' }, 'InvalidRequest'],
    [{ 'x-amz-checksum-algorithm': 'CRC32', 'x-amz-checksum-type': 'HALF' }, 'InvalidArgument'],
    [{ 'x-amz-checksum-algorithm': 'XXHASH3' }, 'NotImplemented'],
  ];
  for (const [headers, code] of cases) {
    assert.equal((await ask('POST', '/box/k', { query: { uploads: '' }, headers })).xml('Code'), code);
  }
});

test('parts listed in pages', async () => {
  const uploadId = await start('listed', { 'x-amz-checksum-algorithm': 'CRC32' });
  for (const number of [3, 1, 20]) await part('listed', uploadId, number, { body: 'x' });
  const list = (query: Record<string, string>) =>
    ask('GET', '/box/listed', { query: { uploadId, ...query } });
  const first = await list({ 'max-parts': '2' });
  assert.deepEqual(first.all('PartNumber'), ['1', '3']);
  assert.deepEqual(
    ['IsTruncated', 'NextPartNumberMarker', 'ChecksumCRC32', 'ChecksumType', 'Size'].map(first.xml),
    ['true', '3', 'jNwWgw==', 'COMPOSITE', '1'],
  );
  const rest = await list({ 'max-parts': '2', 'part-number-marker': '3' });
  assert.deepEqual([rest.all('PartNumber'), rest.xml('IsTruncated')], [['20'], 'false']);
  assert.equal((await list({ 'max-parts': 'x' })).xml('Code'), 'InvalidArgument');
});

test('uploads listed in pages', async () => {
  await ask('PUT', '/listed');
  const begin = async (key: string) =>
    (await ask('POST', `/listed/${key}`, { query: { uploads: '' } })).xml('UploadId')!;
  const ids = (await Promise.all([begin('a'), begin('a'), begin('a')])).sort();
  for (const key of ['b/1', 'b/2', 'c']) await begin(key);
  const seen: string[] = [];
  let query: Record<string, string> = {
    uploads: '',
    delimiter: '/',
    'max-uploads': '2',
    'encoding-type': 'url',
  };
  for (;;) {
    const page = await ask('GET', '/listed', { query });
    seen.push(...page.all('UploadId'), ...page.all('Prefix').filter((prefix) => prefix !== ''));
    if (page.xml('IsTruncated') === 'false') break;
    const [key, id] = [page.xml('NextKeyMarker')!, page.xml('NextUploadIdMarker')!];
    query = { ...query, 'key-marker': key, 'upload-id-marker': id };
  }
  assert.deepEqual(seen.slice(0, 4), [...ids, 'b/']);
  assert.equal(seen.length, 5);
  const some = await ask('GET', '/listed', { query: { uploads: '', prefix: 'b/' } });
  assert.deepEqual(some.all('Key'), ['b/1', 'b/2']);
});
