import assert from 'node:assert/strict';
import type { Subject } from './subject.ts';
import type { Define } from './suite.ts';

const unicode = {
  plain: 'value',
  'with-spaces': 'two  words',
  latin: 'Käse für 3 €',
  world: '世界 \u{1F30D}',
};

export function metadataTests(define: Define, subject: Subject): void {
  const anonymous = () =>
    subject.connect({ credentials: 'anonymous', accessKey: undefined, secretKey: undefined });

  define('any text comes back as it was given', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'x', { bucket: room, metadata: unicode });
    assert.deepEqual({ ...(await conn.headObject('a', room)).metadata }, unicode);
    const response = await conn.get('a', room);
    assert.deepEqual({ ...response.metadata }, unicode);
    response.cancel();
  });

  define('long text comes back as it was given', async ({ conn, bucket }) => {
    const room = await bucket();
    const metadata = { long: 'ünï, '.repeat(80).trim() };
    await conn.upload('a', 'x', { bucket: room, metadata });
    assert.deepEqual({ ...(await conn.headObject('a', room)).metadata }, metadata);
  });

  define('names without case, with or without their prefix', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'x', {
      bucket: room,
      metadata: { 'User-Id': '12345', 'x-amz-meta-b': 'c' },
      headers: { 'X-Amz-Meta-D': 'e' },
    });
    const { metadata } = await conn.headObject('a', room);
    assert.deepEqual({ ...metadata }, { 'user-id': '12345', b: 'c', d: 'e' });
  });

  define('content type, given or guessed', async ({ conn, bucket }) => {
    const room = await bucket();
    const typeOf = async (key: string) => (await conn.headObject(key, room)).contentType;
    await conn.upload('a.png', 'x', room);
    await conn.upload('b.png', 'x', { bucket: room, contentType: 'text/x-own; charset=utf-8' });
    await conn.upload('c', 'x', room);
    await conn.upload('d', new Blob(['x'], { type: 'image/gif' }), room);
    assert.equal(await typeOf('a.png'), 'image/png');
    assert.equal(await typeOf('b.png'), 'text/x-own; charset=utf-8');
    assert.equal(await typeOf('c'), 'application/octet-stream');
    assert.equal(await typeOf('d'), 'image/gif');
  });

  define('content headers of the caller', async ({ conn, bucket }) => {
    const room = await bucket();
    const own = {
      'content-disposition': 'attachment; filename="a b.txt"',
      'content-encoding': 'identity',
      'content-language': 'de',
    };
    await conn.upload('a', 'x', { bucket: room, headers: own });
    const { headers } = await conn.headObject('a', room);
    for (const [name, value] of Object.entries(own)) assert.equal(headers[name], value);
  });

  define('expires makes Cache-Control', async ({ conn, bucket }) => {
    const room = await bucket();
    const cacheOf = async (key: string) => (await conn.headObject(key, room)).headers['cache-control'];
    await conn.upload('max', 'x', { bucket: room, expires: 'max' });
    await conn.upload('seconds', 'x', { bucket: room, expires: 60 });
    await conn.upload('parts', 'x', { bucket: room, expires: { days: 1, minutes: 1 } });
    await conn.upload('none', 'x', { bucket: room });
    assert.equal(await cacheOf('max'), 'max-age=31536000, private');
    assert.equal(await cacheOf('seconds'), 'max-age=60, private');
    assert.equal(await cacheOf('parts'), 'max-age=86460, private');
    assert.equal(await cacheOf('none'), undefined);
  });

  define('storage class STANDARD', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'x', { bucket: room, storageClass: 'STANDARD' });
    assert.equal((await conn.headObject('a', room)).storageClass, 'STANDARD');
  });

  define('public objects are for everybody, others are not', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('open', 'for all', { bucket: room, public: true, expires: 'max' });
    await conn.upload('closed', 'for me', room);
    const open = await anonymous().get('open', room);
    assert.equal(open.headers.get('cache-control'), 'max-age=31536000, public');
    assert.equal(await open.text(), 'for all');
    await assert.rejects(anonymous().get('closed', room), { status: 403 });
  });

  define('updateMetadata merges', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a.txt', 'kept', {
      bucket: room,
      metadata: { kept: 'as it was', changed: 'before', world: unicode.world },
      expires: 60,
      headers: { 'content-disposition': 'inline' },
    });
    await conn.updateMetadata('a.txt', { bucket: room, metadata: { Changed: 'after', added: 'ü' } });
    const { metadata, contentType, headers } = await conn.headObject('a.txt', room);
    assert.deepEqual(
      { ...metadata },
      { kept: 'as it was', changed: 'after', added: 'ü', world: unicode.world },
    );
    assert.equal(contentType?.split(';')[0], 'text/plain');
    assert.equal(headers['cache-control'], 'max-age=60, private');
    assert.equal(headers['content-disposition'], 'inline');
    assert.equal(await (await conn.get('a.txt', room)).text(), 'kept');
  });

  define('updateMetadata with another content type and expiry', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a.txt', 'kept', { bucket: room, metadata: { kept: 'yes' } });
    await conn.updateMetadata('a.txt', { bucket: room, contentType: 'text/html', expires: { hours: 1 } });
    const { metadata, contentType, headers } = await conn.headObject('a.txt', room);
    assert.deepEqual({ ...metadata }, { kept: 'yes' });
    assert.equal(contentType, 'text/html');
    assert.equal(headers['cache-control'], 'max-age=3600, private');
  });

  define('updateMetadata replaces when told to', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'kept', { bucket: room, metadata: { old: 'gone' }, expires: 60 });
    await conn.updateMetadata('a', { bucket: room, metadata: { fresh: 'here' }, replace: true });
    const { metadata, headers } = await conn.headObject('a', room);
    assert.deepEqual({ ...metadata }, { fresh: 'here' });
    assert.equal(headers['cache-control'], undefined);
    assert.equal(await (await conn.get('a', room)).text(), 'kept');
  });

  define('updateMetadata keeps an object public or private', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('open', 'for all', { bucket: room, public: true });
    await conn.upload('closed', 'for me', room);
    for (const key of ['open', 'closed'])
      await conn.updateMetadata(key, { bucket: room, metadata: { a: 'b' } });
    assert.equal(await (await anonymous().get('open', room)).text(), 'for all');
    await assert.rejects(anonymous().get('closed', room), { status: 403 });
  });

  define('updateMetadata changes public alone', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'kept', { bucket: room, metadata: { kept: 'yes' } });
    await conn.updateMetadata('a', { bucket: room, public: true });
    assert.equal(await (await anonymous().get('a', room)).text(), 'kept');
    await conn.updateMetadata('a', { bucket: room, public: false });
    await assert.rejects(anonymous().get('a', room), { status: 403 });
    assert.deepEqual({ ...(await conn.headObject('a', room)).metadata }, { kept: 'yes' });
  });
}
