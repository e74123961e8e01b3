import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeHeaderText, readMetadata } from '../../src/protocol/metadata.ts';
import { writeMetadata } from '../../src/protocol/write-metadata.ts';

const prefix = 'x-amz-meta-';

function written(value: string): string {
  return writeMetadata({ a: value })[`${prefix}a`]!;
}

function read(value: string): string {
  return readMetadata({ [`${prefix}a`]: value })['a']!;
}

test('names, with and without their prefix', () => {
  assert.deepEqual(writeMetadata({ 'User-Id': '1', 'X-Amz-Meta-Role': 'admin' }), {
    'x-amz-meta-user-id': '1',
    'x-amz-meta-role': 'admin',
  });
  const metadata = readMetadata({
    'x-amz-meta-user-id': '1',
    'x-amz-meta-__proto__': 'p',
    'x-amz-missing-meta': '1',
    'x-amz-meta-none': undefined,
    etag: '"e"',
  });
  assert.deepEqual(Object.entries(metadata), [
    ['user-id', '1'],
    ['__proto__', 'p'],
  ]);
  assert.equal(Object.getPrototypeOf(metadata), null);
});

test('names and values that cannot be sent', () => {
  for (const metadata of [
    { '': 'v' },
    { 'x-amz-meta-': 'v' },
    { 'a b': 'v' },
    { 'a\r\nb': 'v' },
    { ключ: 'v' },
    { a: '1', A: '2' },
    { a: '1', 'x-amz-meta-a': '2' },
    { a: 'x\r\ny: z' },
    { a: 'x\ny' },
    { a: 'x\0' },
    { a: 'x\ud800' },
    { a: 5 },
    { a: undefined },
  ]) {
    assert.throws(
      () => writeMetadata(metadata as unknown as Record<string, string>),
      TypeError,
      JSON.stringify(metadata),
    );
  }
});

test('printable ASCII goes as it is, all else as RFC 2047 words', () => {
  for (const plain of ['', 'v', 'a  b', '~!"#', 'a=b?', 'a?=']) {
    assert.equal(written(plain), plain);
  }
  assert.equal(written('é'), '=?UTF-8?B?w6k=?=');
  assert.equal(written(' a'), '=?UTF-8?B?IGE=?=');
  assert.equal(written('a '), '=?UTF-8?B?YSA=?=');
  assert.equal(written('a\tb'), '=?UTF-8?B?YQli?=');
  assert.equal(read(written('=?UTF-8?B?YWJj?=')), '=?UTF-8?B?YWJj?=');
});

test('every value survives, in words of at most 75 characters', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 150 }),
    fc.string({
      unit: fc.constantFrom('=', '?', 'U', 'T', 'F', '-', '8', 'B', 'Q', '_', ' ', 'é'),
      maxLength: 40,
    }),
  );
  fc.assert(
    fc.property(value, (text) => {
      fc.pre(!/[\r\n\0]/.test(text));
      const sent = written(text);
      assert.match(sent, /^[ -~]*$/);
      if (sent !== text) for (const word of sent.split(' ')) assert.ok(word.length <= 75);
      assert.equal(read(sent), text);
    }),
  );
});

test('what other writers sent', () => {
  for (const [header, text] of [
    ['=?UTF-8?B?YWJj?=', 'abc'],
    ['=?utf-8?b?YWJj?=', 'abc'],
    ['=?UTF-8?Q?=C3=A9t=c3=a9_1?=', 'été 1'],
    ['a =?UTF-8?Q?b?= c', 'a b c'],
    ['=?UTF-8?Q?a?= =?UTF-8?B?Yg==?=', 'ab'],
    // A character cut in two by a careless writer.
    ['=?UTF-8?Q?=C3?= =?UTF-8?Q?=A9?=', 'é'],
    // Left as they are: broken words and other character sets.
    ['=?UTF-8?B?YWJ?=', '=?UTF-8?B?YWJ?='],
    ['=?UTF-8?Q?=FF?=', '=?UTF-8?Q?=FF?='],
    ['=?ISO-8859-1?Q?=E9?=', '=?ISO-8859-1?Q?=E9?='],
    ['=?UTF-8?X?abc?=', '=?UTF-8?X?abc?='],
    // Raw UTF-8 (Ceph), which HTTP libraries hand on as Latin-1; and real Latin-1.
    ['Ã©tÃ©', 'été'],
    ['\xe9t\xe9', '\xe9t\xe9'],
    ['été ✓', 'été ✓'],
  ] as const) {
    assert.equal(read(header), text, header);
  }
  assert.equal(decodeHeaderText('Ã©'), 'é');
  assert.equal(decodeHeaderText('=?UTF-8?B?YWJj?='), '=?UTF-8?B?YWJj?=');
});

test('hostile headers take no time', () => {
  const start = performance.now();
  for (const text of ['=?utf-8?b?', '=?utf-8?q?a?= ', ' ', '=?utf-8?q?='])
    read(text.repeat(16_000 / text.length));
  written('=?'.repeat(5000));
  assert.ok(performance.now() - start < 500);
});
