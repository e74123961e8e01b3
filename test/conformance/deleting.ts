import assert from 'node:assert/strict';
import { refused } from './refused.ts';
import type { Subject } from './subject.ts';
import type { Define } from './suite.ts';

export function deleteTests(define: Define, subject: Subject): void {
  define('one, and one that is not there', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'x', room);
    const { status, deleteMarker } = await conn.delete('a', room);
    assert.equal(status, 204);
    assert.equal(deleteMarker, false);
    assert.equal(await conn.exists('a', room), false);
    assert.equal((await conn.delete('a', room)).status, 204);
  });

  define('many, each with its outcome', async ({ conn, bucket }) => {
    const room = await bucket();
    const odd = ['a', '<&>"\'', 'é e\u0301 \u{1F600}', 'line\nfeed', 'return\r', '\x01', ' lead', 'a%20+b'];
    await Promise.all([...odd, 'stays'].map((key) => conn.upload(key, 'x', room)));
    const { deleted, errors } = await conn.deleteMany([...odd, 'not there'], room);
    assert.deepEqual(errors, []);
    assert.deepEqual(deleted.map(({ key }) => key).sort(), [...odd, 'not there'].sort());
    const left: string[] = [];
    for await (const { key } of conn.list('', room)) left.push(key);
    assert.deepEqual(left, ['stays']);
  });

  define('more than a thousand, from an async source, some of them twice', async ({ conn, bucket }) => {
    const room = await bucket();
    await Promise.all(['n/0', 'n/999', 'n/1000', 'n/1200'].map((key) => conn.upload(key, 'x', room)));
    async function* names() {
      for (let number = 0; number <= 1200; number++) yield `n/${number}`;
      yield 'n/1200';
    }
    const before = subject.sent();
    const { deleted, errors } = await conn.deleteMany(names(), room);
    assert.equal(subject.sent() - before, 2);
    assert.deepEqual(errors, []);
    assert.equal(deleted.length, 1201);
    for await (const { key } of conn.list('', room)) assert.fail(`${key} is left`);
  });

  define('none', async ({ conn, bucket }) => {
    const room = await bucket();
    const before = subject.sent();
    assert.deepEqual(await conn.deleteMany([], room), { deleted: [], errors: [] });
    assert.equal(subject.sent(), before);
  });

  define('many in a bucket that is not there', async ({ conn, bucket }) => {
    const missing = `${await bucket()}-not`;
    await refused(subject, conn.deleteMany(['a'], missing), {
      code: 'NoSuchBucket',
      status: 404,
      operation: 'DeleteObjects',
      bucket: missing,
    });
  });
}
