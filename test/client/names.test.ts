import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseEndpoint } from '../../src/client/endpoint.ts';
import { locate } from '../../src/client/locate.ts';
import { checkBucket, checkKey, checkNewBucket, checkRegion } from '../../src/client/names.ts';

test('buckets that calls may name', () => {
  for (const bucket of [
    'bkt',
    'my.bucket',
    'Old_Bucket',
    'tenant:bkt',
    'a',
    '1',
    'a'.repeat(255),
    '_x',
    'a-',
  ]) {
    checkBucket(bucket);
  }
});

const noBuckets = [
  ...[
    '',
    ' ',
    '.',
    '..',
    'a..b',
    '-a',
    '.a',
    '/',
    'a/b',
    'a b',
    'a?b',
    'a#b',
    'a%2fb',
    'a\\b',
    'a\n',
    'a\r\nb',
    'é',
    'a@b',
  ],
  ...['a'.repeat(256), undefined, null, 1, {}, ['bkt']],
];
for (const bucket of noBuckets) {
  test(`not a bucket: ${JSON.stringify(bucket)?.slice(0, 20)}`, () => {
    assert.throws(() => checkBucket(bucket), TypeError);
    assert.throws(() => checkNewBucket(bucket), TypeError);
  });
}

test('no bucket is said in words of its own', () => {
  for (const bucket of ['', undefined]) assert.throws(() => checkBucket(bucket), /specify a bucket/);
});

test('buckets that may be created', () => {
  for (const bucket of ['bkt', 'my.bucket', 'my-bucket-1', '0ab', 'a'.repeat(63)]) checkNewBucket(bucket);
  for (const bucket of [
    'ab',
    'a'.repeat(64),
    'My',
    'a_b',
    'tenant:bkt',
    '192.168.0.1',
    'a-',
    'a.-b',
    'a-.b',
    'bkt.',
  ]) {
    assert.throws(() => checkNewBucket(bucket), TypeError, bucket);
  }
});

test('no name of a bucket changes the host or the path of a request', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'abA1.-_:/?#@%\\ \n[]é') }),
      fc.boolean(),
      (bucket, secure) => {
        try {
          checkBucket(bucket);
        } catch {
          return;
        }
        const endpoint = parseEndpoint('s3.example.com', secure);
        const { host, prefix, hostname } = locate(endpoint, bucket, 'us-east-1', undefined);
        const url = new URL(`http://${host}${prefix}/key`);
        assert.equal(url.hostname, hostname);
        assert.equal(url.pathname, `${prefix}/key`);
        assert.ok(hostname === 's3.example.com' || hostname === `${bucket}.s3.example.com`);
        assert.deepEqual([url.search, url.hash, url.username, url.port], ['', '', '', '']);
      },
    ),
  );
});

test('keys are any text from one character to 1,024 bytes', () => {
  for (const key of [
    'a',
    '/',
    ' ',
    '..',
    '\n',
    '\0',
    'a'.repeat(1024),
    'é'.repeat(512),
    '日'.repeat(341),
    '😀'.repeat(256),
  ]) {
    checkKey(key);
  }
  for (const key of ['', undefined, null, 1, new String('a')]) assert.throws(() => checkKey(key), TypeError);
  for (const key of ['a'.repeat(1025), 'é'.repeat(513), '日'.repeat(342), '😀'.repeat(257)]) {
    assert.throws(() => checkKey(key), RangeError);
  }
});

test('regions', () => {
  for (const region of ['us-east-1', 'auto', 'EU', 'garage', 'x', 'a'.repeat(63)]) checkRegion(region);
  for (const region of [
    '',
    'a.b',
    'a/b',
    'a b',
    '-a',
    'a-',
    'a\n',
    'é',
    'a'.repeat(64),
    '#',
    undefined,
    null,
    7,
  ]) {
    assert.throws(() => checkRegion(region), TypeError, String(region));
  }
});
