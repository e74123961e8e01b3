import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { errorCodeForStatus, S3Error } from '../../src/protocol/error.ts';

test('the message says what, where and which request', () => {
  const error = new S3Error('NoSuchKey', 'The specified key does not exist.', {
    status: 404,
    operation: 'GetObject',
    bucket: 'photos',
    key: 'a.jpg',
    requestId: '4442587FB7D0A2F9',
    attempts: 1,
  });
  assert.equal(
    error.message,
    'NoSuchKey: The specified key does not exist. (GetObject photos/a.jpg, 404, request 4442587FB7D0A2F9)',
  );
  assert.ok(error instanceof Error);
  assert.equal(error.name, 'S3Error');
  assert.match(error.stack ?? '', /^S3Error: NoSuchKey: /);
  assert.match(inspect(error), /^S3Error: NoSuchKey: /);
});

for (const [error, message] of [
  [new S3Error('NoSuchKey', ''), 'NoSuchKey: The key does not exist.'],
  [new S3Error('Odd', ''), 'Odd'],
  [new S3Error('constructor', ''), 'constructor'],
  [new S3Error('Odd', 'Why.', { bucket: 'b' }), 'Odd: Why. (b)'],
  [new S3Error('Odd', 'Why.', { operation: 'ListBuckets' }), 'Odd: Why. (ListBuckets)'],
  [new S3Error('SlowDown', 'Slow.', { status: 503, attempts: 4 }), 'SlowDown: Slow. (503, 4 attempts)'],
  [
    new S3Error('AuthorizationHeaderMalformed', 'Wrong region.', { region: 'eu-west-1' }),
    'AuthorizationHeaderMalformed: Wrong region. The bucket is in region eu-west-1.',
  ],
  [
    new S3Error('AccessControlListNotSupported', 'The bucket does not allow ACLs'),
    'AccessControlListNotSupported: The bucket does not allow ACLs. ACLs are off on this bucket: drop public: true, use a bucket policy.',
  ],
  [new S3Error('Odd', 'a\r\nb\x1b[2J', { key: 'k\n' }), 'Odd: a b [2J. (k )'],
] as const) {
  test(error.message.slice(0, 60), () => {
    assert.equal(error.message, message);
  });
}

test('what is not given is not there', () => {
  const error = new S3Error('Odd', 'Why.');
  assert.equal(error.status, undefined);
  assert.equal(error.attempts, 0);
  assert.equal(error.retryable, false);
  assert.equal('cause' in error, false);
  assert.equal(Object.getPrototypeOf(error.details), null);
});

test('JSON holds every field but the cause', () => {
  const cause = new Error('https://host/?X-Amz-Signature=secret');
  const error = new S3Error('NetworkError', 'Broken.', {
    operation: 'PutObject',
    bucket: 'b',
    key: 'k',
    attempts: 3,
    retryable: true,
    details: { A: '1' },
    cause,
  });
  assert.equal(error.cause, cause);
  assert.deepEqual(JSON.parse(JSON.stringify(error)), {
    name: 'S3Error',
    message: 'NetworkError: Broken. (PutObject b/k, 3 attempts)',
    code: 'NetworkError',
    operation: 'PutObject',
    bucket: 'b',
    key: 'k',
    attempts: 3,
    retryable: true,
    details: { A: '1' },
  });
});

test('statuses have names', () => {
  for (const [status, code] of [
    [304, 'NotModified'],
    [400, 'BadRequest'],
    [403, 'Forbidden'],
    [404, 'NotFound'],
    [412, 'PreconditionFailed'],
    [416, 'InvalidRange'],
    [503, 'ServiceUnavailable'],
    [418, 'Http418'],
  ] as const) {
    assert.equal(errorCodeForStatus(status), code);
  }
});
