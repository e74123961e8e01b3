import assert from 'node:assert/strict';
import { refused } from './refused.ts';
import type { Subject } from './subject.ts';
import type { Define } from './suite.ts';

export function bucketTests(define: Define, subject: Subject): void {
  define('create, head, list, delete', async ({ conn, bucket }) => {
    const name = await bucket();
    assert.equal((await conn.headBucket(name)).status, 200);
    const listed = (await conn.listBuckets()).find((each) => each.name === name);
    assert.ok(listed?.created instanceof Date && !Number.isNaN(listed.created.getTime()));

    const gone = `${name}-gone`;
    assert.equal((await conn.createBucket(gone)).status, 200);
    const { status } = await conn.deleteBucket(gone);
    assert.ok(status === 204 || status === 200);
    assert.ok((await conn.listBuckets()).every((each) => each.name !== gone));
    await refused(subject, conn.headBucket(gone), {
      code: 'NotFound',
      status: 404,
      operation: 'HeadBucket',
      bucket: gone,
    });
  });

  define('creating a bucket again is fine or BucketAlreadyOwnedByYou', async ({ conn, bucket }) => {
    const name = await bucket();
    await conn.upload('kept', 'kept', name);
    try {
      await conn.createBucket(name);
    } catch {
      await refused(subject, conn.createBucket(name), {
        code: 'BucketAlreadyOwnedByYou',
        status: 409,
        operation: 'CreateBucket',
        bucket: name,
      });
    }
    assert.equal(await (await conn.get('kept', name)).text(), 'kept');
  });

  define('calls that name no bucket use the default bucket', async ({ bucket }) => {
    const defaultBucket = await bucket();
    const conn = subject.connect({ defaultBucket });
    await conn.upload('a', 'in the default bucket');
    assert.equal(await (await conn.get('a')).text(), 'in the default bucket');
    assert.equal((await conn.headObject('a')).size, 21);
    assert.equal((await conn.headBucket()).status, 200);
    await conn.copy({ fromKey: 'a', toKey: 'b' });
    const keys: string[] = [];
    for await (const { key } of conn.list()) keys.push(key);
    assert.deepEqual(keys, ['a', 'b']);
    await conn.delete('a');
    assert.equal(await conn.exists('a'), false);
    assert.deepEqual((await conn.deleteMany(['b'])).deleted, [{ key: 'b' }]);
  });

  define('another user is kept out', async ({ conn, bucket }) => {
    const name = await bucket();
    await conn.upload('private', 'mine', name);
    const stranger = subject.connect(subject.other);
    const facts = { status: 403, bucket: name };
    await refused(subject, stranger.headBucket(name), {
      ...facts,
      code: 'Forbidden',
      operation: 'HeadBucket',
    });
    await refused(subject, stranger.get('private', name), {
      ...facts,
      code: 'AccessDenied',
      operation: 'GetObject',
      key: 'private',
    });
    await refused(subject, stranger.upload('private', 'theirs', name), {
      ...facts,
      code: 'AccessDenied',
      operation: 'PutObject',
      key: 'private',
    });
    assert.equal(await (await conn.get('private', name)).text(), 'mine');
  });
}
