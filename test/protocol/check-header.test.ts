import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHeader } from '../../src/protocol/check-header.ts';

test('headers that can be sent', () => {
  checkHeader('x-amz-acl', 'public-read');
  checkHeader("!#$%&'*+-.^_`|~09AZaz", '');
  checkHeader('content-disposition', 'attachment; filename="a\t1"');
});

test('names that are no tokens are refused', () => {
  for (const name of ['', ' ', 'a b', 'a:', 'a\r\nb', 'é', 'a"', 'a/b', 'a\0', 'a\n']) {
    assert.throws(() => checkHeader(name, 'v'), TypeError, name);
  }
});

test('values that end a line or do not fit are refused, and not shown', () => {
  for (const value of [
    'secret\r\nx-evil: 1',
    'secret\n',
    'secret\r',
    'secret\0',
    'secret\x7f',
    'secret\u00e9',
    'secret\u0100',
    'secret\u{1f600}',
  ]) {
    assert.throws(
      () => checkHeader('x-amz-a', value),
      (error: Error) => error instanceof TypeError && !error.message.includes('secret'),
    );
  }
  assert.throws(() => checkHeader('x-amz-a', 5 as unknown as string), TypeError);
});
