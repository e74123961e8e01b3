import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentTypeOf } from '../../src/client/content-type.ts';
import { addHeaders } from '../../src/client/extra-headers.ts';
import type { Expires, UploadOptions } from '../../src/client/options.ts';
import { upload } from '../../src/client/upload.ts';
import { scriptedSender } from '../support/scripted-transport.ts';

/** The headers of an upload but for those of signing and of the body. */
async function headersOf(
  options: UploadOptions,
  key = 'k',
  body: string | Blob = 'body',
): Promise<Record<string, string>> {
  const { sender, requests } = scriptedSender([{}], { checksum: false });
  await upload(sender, key, body, options);
  return Object.fromEntries(
    Object.entries(requests[0]!.headers).filter(
      ([name]) => !/^(host|authorization|content-length|x-amz-(date|content-sha256))$/.test(name),
    ),
  );
}

const plain = { 'content-type': 'application/octet-stream' };

test('an upload is private, of no certain type, and says nothing else', async () => {
  assert.deepEqual(await headersOf({}), plain);
  assert.deepEqual(await headersOf({ public: false }), plain);
});

test('what the options make', async () => {
  assert.deepEqual(
    await headersOf({
      public: true,
      expires: 'max',
      contentType: 'image/jpeg',
      storageClass: 'STANDARD_IA',
      metadata: { 'user-id': '12345', 'X-Amz-Meta-Name': 'é' },
      ifNoneMatch: '*',
    }),
    {
      'cache-control': 'max-age=31536000, public',
      'content-type': 'image/jpeg',
      'if-none-match': '*',
      'x-amz-acl': 'public-read',
      'x-amz-meta-name': '=?UTF-8?B?w6k=?=',
      'x-amz-meta-user-id': '12345',
      'x-amz-storage-class': 'STANDARD_IA',
    },
  );
});

test('headers go over what the options make', async () => {
  assert.deepEqual(
    await headersOf({
      public: true,
      expires: 60,
      metadata: { a: '1', b: '2' },
      headers: {
        'Cache-Control': 'no-store',
        'CONTENT-TYPE': 'text/x',
        'x-amz-acl': 'private',
        'X-Amz-Meta-A': 'ü',
        'x-amz-tagging': 'a=b',
      },
    }),
    {
      'cache-control': 'no-store',
      'content-type': 'text/x',
      'x-amz-acl': 'private',
      'x-amz-meta-a': '=?UTF-8?B?w7w=?=',
      'x-amz-meta-b': '2',
      'x-amz-tagging': 'a=b',
    },
  );
});

const lifetimes: [expires: Expires, seconds: number][] = [
  ['max', 31_536_000],
  [0, 0],
  [1337, 1337],
  [1.9, 1],
  [{ seconds: 30 }, 30],
  [{ weeks: 2 }, 1_209_600],
  [{ weeks: 1, days: 1, hours: 1, minutes: 1, seconds: 1 }, 694_861],
  [{ hours: 0.5 }, 1800],
  [{ days: 1, hours: -1 }, 82_800],
];
for (const [expires, seconds] of lifetimes) {
  test(`expires ${JSON.stringify(expires)} is ${seconds} seconds`, async () => {
    assert.equal((await headersOf({ expires }))['cache-control'], `max-age=${seconds}, private`);
    assert.equal((await headersOf({ expires, public: true }))['cache-control'], `max-age=${seconds}, public`);
  });
}

const noLifetimes = [-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, 'min', '60', '', true, null];
for (const expires of [
  ...noLifetimes,
  { days: -1 },
  { years: 1 },
  { days: Number.NaN },
  { constructor: 1 },
]) {
  test(`expires ${JSON.stringify(expires)} is refused`, async () => {
    await assert.rejects(headersOf({ expires: expires as Expires }), RangeError);
  });
}

const types: [key: string, type: string | undefined][] = [
  ['a.txt', 'text/plain'],
  ['a.json', 'application/json'],
  ['a.js', 'text/javascript'],
  ['a.mjs', 'text/javascript'],
  ['a.css', 'text/css'],
  ['a.html', 'text/html'],
  ['a.svg', 'image/svg+xml'],
  ['a.JPG', 'image/jpeg'],
  ['a.jpeg', 'image/jpeg'],
  ['dir.d/a.webp', 'image/webp'],
  ['a.woff2', 'font/woff2'],
  ['a.wasm', 'application/wasm'],
  ['a.tar.gz', 'application/gzip'],
  ['a.zip', 'application/zip'],
  ['a.mp4', 'video/mp4'],
  ['.png', 'image/png'],
  ['a', undefined],
  ['Makefile', undefined],
  ['a.', undefined],
  ['a.constructor', undefined],
  ['a.__proto__', undefined],
  ['a.txt/b', undefined],
  ['a.html?x', undefined],
];
for (const [key, type] of types) {
  test(`the type of ${key} is ${type}`, async () => {
    assert.equal(contentTypeOf(key), type);
    assert.equal((await headersOf({}, key))['content-type'], type ?? 'application/octet-stream');
  });
}

test("the type: as told, else the Blob's, else the key's", async () => {
  const blob = new Blob(['x'], { type: 'text/x-blob' });
  const contentType = async (options: UploadOptions, key: string, body: string | Blob) =>
    (await headersOf(options, key, body))['content-type'];
  assert.equal(await contentType({ contentType: 'a/b' }, 'a.txt', blob), 'a/b');
  assert.equal(await contentType({}, 'a.txt', blob), 'text/x-blob');
  assert.equal(await contentType({}, 'a.txt', new Blob(['x'])), 'text/plain');
  assert.equal(await contentType({ contentType: '' }, 'a.txt', 'x'), 'text/plain');
});

const reserved = [
  ...['Authorization', 'Connection', 'Content-Length', 'Expect', 'Host', 'Transfer-Encoding', 'Upgrade'],
  ...[
    'X-Amz-Content-Sha256',
    'X-Amz-Date',
    'X-Amz-Decoded-Content-Length',
    'X-Amz-Security-Token',
    'X-Amz-Trailer',
  ],
];
for (const name of reserved) {
  test(`header ${name} cannot be given`, () => {
    for (const each of [name, name.toLowerCase(), name.toUpperCase()]) {
      assert.throws(
        () => addHeaders({}, { [each]: 'secret value' }),
        (error: TypeError) => {
          assert.ok(error instanceof TypeError);
          assert.match(error.message, new RegExp(name, 'i'));
          assert.doesNotMatch(error.message, /secret value/);
          return true;
        },
      );
    }
  });
}

test('headers that no request can carry are refused', () => {
  const bad: [string, unknown][] = [
    ['x', 'a\r\nb: c'],
    ['x', 'a\nb'],
    ['x', '\0'],
    ['x', '日'],
    ['x', undefined],
    ['x', 1],
    ['', 'a'],
    ['a b', 'c'],
    ['a:b', 'c'],
    ['a\r\nb', 'c'],
    ['x-amz-meta-a', 'b\r\nc'],
    ['x-amz-meta-', 'b'],
    ['x-amz-meta-a b', 'c'],
  ];
  for (const [name, value] of bad) {
    assert.throws(
      () => addHeaders({}, { [name]: value as string }),
      TypeError,
      JSON.stringify([name, value]),
    );
  }
});

test('headers named like members of every object are headers', () => {
  const headers: Record<string, string> = {};
  addHeaders(headers, JSON.parse('{"constructor":"a","toString":"b","__proto__":"c"}'));
  assert.equal(Object.getPrototypeOf(headers), Object.prototype);
  assert.equal(headers['constructor'], 'a');
  assert.equal(headers['tostring'], 'b');
});

test('metadata that cannot be stored is refused before anything is sent', async () => {
  for (const metadata of [{ a: 'b\nc' }, { '': 'x' }, { 'a b': 'c' }, { a: '1', A: '2' }, { a: '\ud800' }]) {
    await assert.rejects(headersOf({ metadata: metadata as Record<string, string> }), TypeError);
  }
});
