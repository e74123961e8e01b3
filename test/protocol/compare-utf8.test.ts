import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareUtf8 } from '../../src/protocol/compare-utf8.ts';

test('compareUtf8 orders as the UTF-8 bytes do', () => {
  const character = fc.oneof(
    fc.constantFrom(
      '',
      'a',
      'b',
      '\u0000',
      '/',
      '\u007f',
      '\u0080',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
    ),
    fc.string({ unit: 'binary', maxLength: 2 }),
  );
  const text = fc.array(character, { maxLength: 4 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareUtf8(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 1000 },
  );
});
