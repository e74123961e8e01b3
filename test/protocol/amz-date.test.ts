import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { amzDate, httpDate, parseAmzDate, parseHttpDate } from '../../src/protocol/amz-date.ts';

const moment = Date.UTC(1994, 10, 6, 8, 49, 37);

test('the forms of one moment', () => {
  assert.equal(amzDate(moment), '19941106T084937Z');
  assert.equal(amzDate(moment + 999), '19941106T084937Z');
  assert.equal(amzDate(moment + 1000), '19941106T084938Z');
  assert.equal(httpDate(moment), 'Sun, 06 Nov 1994 08:49:37 GMT');
  for (const text of [
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 06 Nov 1994 08:49:37 -0000',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
  ]) {
    assert.equal(parseHttpDate(text), moment, text);
  }
  assert.equal(parseHttpDate('Wednesday, 06-Nov-30 08:49:37 GMT'), Date.UTC(2030, 10, 6, 8, 49, 37));
});

test('what is not a date is undefined', () => {
  for (const text of [
    '',
    'now',
    '784111777',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 +0100',
    'Sun, 06 Nov 1994 08:49:37 CET',
    'Mon, 06 Nov 1994 08:49:37 GMT',
    'Thu, 31 Nov 1994 08:49:37 GMT',
    'Sun, 06 nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT ',
    'Sun, 06-Nov-94 08:49:37 GMT',
    'Sun Nov 06 08:49:37 GMT 1994',
  ]) {
    assert.equal(parseHttpDate(text), undefined, text);
  }
  for (const text of [
    '',
    '19941106T084937',
    '19941106084937Z',
    '19941131T084937Z',
    '19940229T000000Z',
    '19941106T240000Z',
    '19941106T084960Z',
    '1994-11-06T08:49:37Z',
    'x19941106T084937Z',
    '19941106T084937Z\n',
  ]) {
    assert.equal(parseAmzDate(text), undefined, text);
  }
});

test('every second comes back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (second) => {
      assert.equal(parseAmzDate(amzDate(second * 1000)), second * 1000);
      assert.equal(parseHttpDate(httpDate(second * 1000)), second * 1000);
    }),
  );
});

test('a time that is none is a RangeError', () => {
  assert.throws(() => amzDate(Number.NaN), RangeError);
});
