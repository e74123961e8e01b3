import assert from 'node:assert/strict';
import { S3Error } from '../../src/protocol/error.ts';
import { assertNothingSecret, refused } from './refused.ts';
import type { Subject } from './subject.ts';
import type { Define } from './suite.ts';

const wrongSecret = 'a-secret-that-nobody-has';

export function errorTests(define: Define, subject: Subject): void {
  define('a missing key', async ({ conn, bucket }) => {
    const room = await bucket();
    const target = { bucket: room, key: 'no/such key' };
    await refused(subject, conn.get('no/such key', room), {
      ...target,
      code: 'NoSuchKey',
      status: 404,
      operation: 'GetObject',
    });
    await refused(subject, conn.headObject('no/such key', room), {
      ...target,
      code: 'NotFound',
      status: 404,
      operation: 'HeadObject',
    });
  });

  define('a missing bucket', async ({ conn, bucket }) => {
    const missing = `${await bucket()}-not`;
    const facts = { bucket: missing, code: 'NoSuchBucket', status: 404 };
    await refused(subject, conn.get('a', missing), { ...facts, operation: 'GetObject', key: 'a' });
    await refused(subject, conn.upload('a', 'x', missing), { ...facts, operation: 'PutObject', key: 'a' });
    await refused(subject, conn.deleteBucket(missing), { ...facts, operation: 'DeleteBucket' });
    const listing = conn.list('', missing)[Symbol.asyncIterator]();
    await refused(subject, listing.next(), { ...facts, operation: 'ListObjectsV2' });
  });

  define('a bucket that is not empty', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'x', room);
    await refused(subject, conn.deleteBucket(room), {
      code: 'BucketNotEmpty',
      status: 409,
      operation: 'DeleteBucket',
      bucket: room,
    });
    assert.equal(await conn.exists('a', room), true);
  });

  define('a wrong secret', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'x', room);
    const wrong = subject.connect({ secretKey: wrongSecret });
    const facts = { status: 403, bucket: room, key: 'a' };
    for (const [operation, call] of [
      ['GetObject', () => wrong.get('a', room)],
      ['PutObject', () => wrong.upload('a', 'y', room)],
      ['DeleteObject', () => wrong.delete('a', room)],
    ] as const) {
      await refused(subject, call(), { ...facts, code: 'SignatureDoesNotMatch', operation }, [wrongSecret]);
    }
    await refused(
      subject,
      wrong.headObject('a', room),
      { ...facts, code: 'Forbidden', operation: 'HeadObject' },
      [wrongSecret],
    );
    assert.equal(await (await conn.get('a', room)).text(), 'x');
  });

  define('an unknown access key', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'x', room);
    const unknown = subject.connect({ accessKey: 'NOBODY00000000000000', secretKey: wrongSecret });
    await refused(
      subject,
      unknown.get('a', room),
      { code: 'InvalidAccessKeyId', status: 403, operation: 'GetObject', bucket: room, key: 'a' },
      [wrongSecret],
    );
  });

  define('never shows a session token', async ({ bucket }) => {
    const room = await bucket();
    const sessionToken = 'a-token-that-nobody-gave';
    // Some servers take no notice of a token they do not know.
    const error = await subject
      .connect({ sessionToken })
      .get('a', room)
      .then(
        () => assert.fail('there is no such object'),
        (reason) => reason,
      );
    assert.ok(error instanceof S3Error, `${error}`);
    assertNothingSecret(error, [subject.secretKey, sessionToken]);
  });

  define('anonymous', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'x', room);
    const anonymous = subject.connect({
      credentials: 'anonymous',
      accessKey: undefined,
      secretKey: undefined,
    });
    const facts = { code: 'AccessDenied', status: 403, bucket: room, key: 'a' };
    await refused(subject, anonymous.get('a', room), { ...facts, operation: 'GetObject' });
    await refused(subject, anonymous.upload('a', 'y', room), { ...facts, operation: 'PutObject' });
    await refused(subject, anonymous.delete('a', room), { ...facts, operation: 'DeleteObject' });
    assert.equal(await (await conn.get('a', room)).text(), 'x');
  });

  define('a range with no byte in it', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', '0123456789', room);
    await refused(subject, conn.get('a', { bucket: room, range: { first: 10 } }), {
      code: 'InvalidRange',
      status: 416,
      operation: 'GetObject',
      bucket: room,
      key: 'a',
    });
  });

  define('a condition that does not hold', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'x', room);
    const options = { bucket: room, ifMatch: '0123456789abcdef0123456789abcdef' };
    const facts = { code: 'PreconditionFailed', status: 412, bucket: room, key: 'a' };
    await refused(subject, conn.get('a', options), { ...facts, operation: 'GetObject' });
    await refused(subject, conn.headObject('a', options), { ...facts, operation: 'HeadObject' });
  });
}
