import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatRange, type RequestedRange } from '../../src/protocol/format-range.ts';
import { formatContentRange, parseContentRange, parseRange } from '../../src/protocol/range.ts';

test('ranges asked for', () => {
  assert.equal(formatRange({ first: 0, last: 0 }), 'bytes=0-0');
  assert.equal(formatRange({ first: 5, last: 2 ** 50 }), 'bytes=5-1125899906842624');
  assert.equal(formatRange({ first: 7 }), 'bytes=7-');
  assert.equal(formatRange({ first: 7, last: undefined }), 'bytes=7-');
  assert.equal(formatRange({ suffix: 3 }), 'bytes=-3');
});

test('ranges that hold no byte, or are none, are refused', () => {
  const bad = [
    { first: -1 },
    { first: 1.5 },
    { first: Number.NaN },
    { first: 2 ** 53 },
    { first: 5, last: 4 },
    { first: 0, last: Number.POSITIVE_INFINITY },
    { first: '0' },
    { first: 0, last: '1' },
    { last: 5 },
    { suffix: 0 },
    { suffix: -1 },
    {},
  ];
  for (const range of bad) {
    assert.throws(() => formatRange(range as RequestedRange), RangeError, JSON.stringify(range));
  }
});

// As recorded from S3, for an object of 10 bytes.
for (const [header, meaning] of [
  ['bytes=0-0', { first: 0, last: 0 }],
  ['bytes=2-5', { first: 2, last: 5 }],
  ['bytes=0-100', { first: 0, last: 9 }],
  ['bytes=9-', { first: 9, last: 9 }],
  ['bytes=0-', { first: 0, last: 9 }],
  ['bytes=-4', { first: 6, last: 9 }],
  ['bytes=-100', { first: 0, last: 9 }],
  [`bytes=0-${'9'.repeat(400)}`, { first: 0, last: 9 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=10-20', 'unsatisfiable'],
  [`bytes=${'9'.repeat(400)}-`, 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=5-2', 'ignored'],
  ['bytes=50-20', 'ignored'],
  ['bytes=0-1,3-4', 'ignored'],
  ['bytes=-', 'ignored'],
  ['bytes=a-b', 'ignored'],
  ['bytes=1', 'ignored'],
  ['items=0-1', 'ignored'],
  ['bytes=--1', 'ignored'],
  ['bytes=0x1-2', 'ignored'],
  ['', 'ignored'],
] as const) {
  test(`Range: ${header.slice(0, 30)} of 10 bytes`, () => {
    assert.deepEqual(parseRange(header, 10), meaning);
  });
}

test('any range of an empty object is unsatisfiable', () => {
  for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-1', 'bytes=-0']) {
    assert.equal(parseRange(header, 0), 'unsatisfiable', header);
  }
  assert.equal(parseRange('bytes=5-2', 0), 'ignored');
});

test('Content-Range, read', () => {
  assert.deepEqual(parseContentRange('bytes 0-9/10'), { first: 0, last: 9, size: 10 });
  assert.deepEqual(parseContentRange(' Bytes 5-5/* '), { first: 5, last: 5 });
  for (const text of [
    '',
    'bytes */10',
    'bytes 0-9',
    'bytes 0-10/10',
    'bytes 5-4/10',
    'bytes 5-4/*',
    'bytes=0-9/10',
    'bytes -1/10',
    'bytes 0-9/10, bytes 0-9/10',
    'bytes 0-9/99999999999999999999',
    'items 0-9/10',
  ]) {
    assert.equal(parseContentRange(text), undefined, text);
  }
});

test('what a client asks, a server reads and answers, and the client reads again', () => {
  const natural = fc.integer({ min: 0, max: 30 });
  fc.assert(
    fc.property(natural, natural, natural, (first, more, size) => {
      const range = parseRange(formatRange({ first, last: first + more }), size);
      assert.notEqual(range, 'ignored');
      if (range === 'ignored') return;
      if (range === 'unsatisfiable') {
        assert.ok(first >= size);
        assert.equal(formatContentRange(range, size), `bytes */${size}`);
      } else {
        assert.deepEqual(range, { first, last: Math.min(first + more, size - 1) });
        assert.deepEqual(parseContentRange(formatContentRange(range, size)), { ...range, size });
      }
    }),
  );
});
