import assert from 'node:assert/strict';
import type { RequestedRange } from '../../src/protocol/format-range.ts';
import type { Define } from './suite.ts';

const text = '0123456789';

const ranges: readonly [name: string, range: RequestedRange, expected: string, header: string][] = [
  ['from the first byte', { first: 0, last: 3 }, '0123', 'bytes 0-3/10'],
  ['one byte', { first: 4, last: 4 }, '4', 'bytes 4-4/10'],
  ['from a byte on', { first: 7 }, '789', 'bytes 7-9/10'],
  ['past the end', { first: 8, last: 99 }, '89', 'bytes 8-9/10'],
  ['the last bytes', { suffix: 3 }, '789', 'bytes 7-9/10'],
  ['more last bytes than there are', { suffix: 99 }, text, 'bytes 0-9/10'],
];

export function readTests(define: Define): void {
  define('an object in every form', async ({ conn, bucket }) => {
    const room = await bucket();
    const body = '{"answer":42}';
    const { etag } = await conn.upload('a.json', body, room);
    const get = () => conn.get('a.json', { bucket: room, versionId: undefined });

    const response = await get();
    assert.equal(response.status, 200);
    assert.equal(response.ok, true);
    assert.equal(response.etag, etag);
    assert.equal(response.contentType, 'application/json');
    assert.equal(response.contentLength, 13);
    assert.equal(response.headers.get('content-length'), '13');
    assert.ok(Math.abs(Date.now() - Number(response.lastModified)) < 600_000);
    assert.equal(await response.text(), body);
    assert.equal(response.bodyUsed, true);
    await assert.rejects(response.text(), TypeError);

    assert.deepEqual(await (await get()).json(), { answer: 42 });
    assert.equal(new TextDecoder().decode(await (await get()).arrayBuffer()), body);
    const blob = await (await get()).blob();
    assert.equal(blob.type, 'application/json');
    assert.equal(await blob.text(), body);
    assert.equal(await new Response((await get()).body).text(), body);
    assert.equal(await (await get()).toResponse().text(), body);
    let iterated = '';
    for await (const chunk of await get()) iterated += new TextDecoder().decode(chunk);
    assert.equal(iterated, body);
    (await get()).cancel();
  });

  for (const [name, range, expected, header] of ranges) {
    define(`range: ${name}`, async ({ conn, bucket }) => {
      const room = await bucket();
      await conn.upload('digits', text, room);
      const response = await conn.get('digits', { bucket: room, range });
      assert.equal(response.status, 206);
      assert.equal(response.headers.get('content-range'), header);
      assert.equal(response.contentLength, expected.length);
      assert.equal(await response.text(), expected);
    });
  }

  define('only if it is another one: 304', async ({ conn, bucket }) => {
    const room = await bucket();
    const { etag } = await conn.upload('a', text, room);
    const same = await conn.get('a', { bucket: room, ifNoneMatch: etag });
    assert.equal(same.status, 304);
    assert.equal(same.ok, false);
    assert.equal(await same.text(), '');
    const other = await conn.get('a', { bucket: room, ifNoneMatch: '0123456789abcdef0123456789abcdef' });
    assert.equal(other.status, 200);
    assert.equal(await other.text(), text);
  });

  define('only if it is this one', async ({ conn, bucket }) => {
    const room = await bucket();
    const { etag } = await conn.upload('a', text, room);
    assert.equal(await (await conn.get('a', { bucket: room, ifMatch: etag })).text(), text);
    assert.equal((await conn.headObject('a', { bucket: room, ifMatch: etag })).size, 10);
  });

  define('only if it is newer, or older', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', text, room);
    const { lastModified } = await conn.headObject('a', room);
    const before = new Date(Number(lastModified) - 60_000);
    const get = (conditions: object) => conn.get('a', { bucket: room, ...conditions });
    const unchanged = await get({ ifModifiedSince: lastModified });
    assert.equal(unchanged.status, 304);
    unchanged.cancel();
    assert.equal(await (await get({ ifModifiedSince: before })).text(), text);
    assert.equal(await (await get({ ifUnmodifiedSince: lastModified })).text(), text);
    await assert.rejects(get({ ifUnmodifiedSince: before }), { code: 'PreconditionFailed', status: 412 });
  });

  define('headObject and exists', async ({ conn, bucket }) => {
    const room = await bucket();
    const { etag } = await conn.upload('a.txt', text, room);
    const head = await conn.headObject('a.txt', { bucket: room, versionId: undefined });
    assert.equal(head.status, 200);
    assert.equal(head.size, 10);
    assert.equal(head.etag, etag);
    assert.equal(head.contentType?.split(';')[0], 'text/plain');
    assert.ok(Math.abs(Date.now() - Number(head.lastModified)) < 600_000);
    assert.equal(head.storageClass, 'STANDARD');
    assert.deepEqual({ ...head.metadata }, {});
    assert.equal(await conn.exists('a.txt', room), true);
    assert.equal(await conn.exists('a.tx', room), false);
    assert.equal(await conn.exists('a.txt', `${room}-not`), false);
  });

  define('an object of no bytes', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('empty', '', room);
    const response = await conn.get('empty', room);
    assert.equal(response.contentLength, 0);
    assert.equal(await response.text(), '');
    assert.equal((await conn.headObject('empty', room)).size, 0);
  });
}
