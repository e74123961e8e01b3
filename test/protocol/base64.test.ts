import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64, encodeBase64 } from '../../src/protocol/base64.ts';

test('base64 as Node writes it, and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      const text = encodeBase64(bytes);
      assert.equal(text, Buffer.from(bytes).toString('base64'));
      assert.deepEqual(decodeBase64(text), bytes);
    }),
  );
});

test('what is not exactly base64 is undefined', () => {
  for (const text of [
    'A',
    'AA',
    'AAA',
    'AA=',
    'AB==',
    'AAB=',
    ' AAAA',
    'AAAA\n',
    'AA-_',
    '====',
    'A===',
    'é===',
    '\u{1f600}',
  ]) {
    assert.equal(decodeBase64(text), undefined, text);
  }
});
