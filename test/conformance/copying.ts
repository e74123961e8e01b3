import assert from 'node:assert/strict';
import { refused } from './refused.ts';
import type { Subject } from './subject.ts';
import type { Define } from './suite.ts';

const odd = ['sp ace+plus', '100%', '%2F', 'a?b#c&d=e', 'é e\u0301 \u{1F600}', '"<\'>', 'line\nfeed'];

export function copyTests(define: Define, subject: Subject): void {
  define('within a bucket and into another one', async ({ conn, bucket }) => {
    const [from, to] = [await bucket(), await bucket()];
    const { etag } = await conn.upload('a', 'original', { bucket: from, metadata: { m: 'ü' }, expires: 60 });
    const within = await conn.copy({ fromKey: 'a', fromBucket: from, toKey: 'b' });
    assert.equal(within.status, 200);
    assert.equal(within.etag, etag);
    await conn.copy({ fromKey: 'a', fromBucket: from, toKey: 'c', toBucket: to });
    for (const [key, room] of [
      ['b', from],
      ['c', to],
    ] as const) {
      const copied = await conn.get(key, room);
      assert.deepEqual({ ...copied.metadata }, { m: 'ü' });
      assert.equal(copied.headers.get('cache-control'), 'max-age=60, private');
      assert.equal(await copied.text(), 'original');
    }
    assert.equal(await conn.exists('c', from), false);
  });

  define('with further metadata, and with nothing else', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a.txt', 'original', { bucket: room, metadata: { old: '1' }, expires: 60 });
    const base = { fromKey: 'a.txt', fromBucket: room, metadata: { fresh: '2' } };
    await conn.copy({ ...base, toKey: 'merged' });
    await conn.copy({ ...base, toKey: 'replaced', replace: true, contentType: 'text/html' });
    const merged = await conn.headObject('merged', room);
    assert.deepEqual({ ...merged.metadata }, { old: '1', fresh: '2' });
    assert.equal(merged.contentType?.split(';')[0], 'text/plain');
    assert.equal(merged.headers['cache-control'], 'max-age=60, private');
    const replaced = await conn.headObject('replaced', room);
    assert.deepEqual({ ...replaced.metadata }, { fresh: '2' });
    assert.equal(replaced.contentType, 'text/html');
    assert.equal(replaced.headers['cache-control'], undefined);
  });

  define('over an object that is there', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'new', room);
    await conn.upload('b', 'something older', room);
    await conn.copy({ fromKey: 'a', fromBucket: room, toKey: 'b' });
    assert.equal(await (await conn.get('b', room)).text(), 'new');
  });

  define('from and to odd keys', async ({ conn, bucket }) => {
    const [from, to] = [await bucket(), await bucket()];
    for (const key of odd) {
      await conn.upload(key, `of ${key}`, from);
      await conn.copy({ fromKey: key, fromBucket: from, toKey: `copy of ${key}`, toBucket: to });
      assert.equal(await (await conn.get(`copy of ${key}`, to)).text(), `of ${key}`);
    }
  });

  define('only while the source is as it was', async ({ conn, bucket }) => {
    const room = await bucket();
    const { etag } = await conn.upload('a', 'first', room);
    const copy = { fromKey: 'a', fromBucket: room, toKey: 'b', ifMatch: etag };
    await conn.copy(copy);
    await conn.upload('a', 'second', room);
    await refused(subject, conn.copy(copy), {
      code: 'PreconditionFailed',
      status: 412,
      operation: 'CopyObject',
      bucket: room,
      key: 'b',
    });
    assert.equal(await (await conn.get('b', room)).text(), 'first');
  });

  define('from what is not there', async ({ conn, bucket }) => {
    const room = await bucket();
    await refused(subject, conn.copy({ fromKey: 'none', fromBucket: room, toKey: 'b' }), {
      code: 'NoSuchKey',
      status: 404,
      operation: 'CopyObject',
      bucket: room,
      key: 'b',
    });
  });
}
