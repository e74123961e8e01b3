import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { UploadOptions } from '../../src/client/options.ts';
import type { BodyInput } from '../../src/http/body.ts';
import { putObject } from '../../src/operations/index.ts';
import { checksumAlgorithms } from '../../src/protocol/checksum.ts';
import { md5 } from '../support/md5.ts';
import { refused } from './refused.ts';
import type { Subject } from './subject.ts';
import type { Define } from './suite.ts';

/** Longer than the chunks that bodies are read, framed and sent in, and a multiple of none of them. */
const long = new Uint8Array(700_001).map((_, index) => index * 7 + (index >> 8));
const text = 'Grüße, 世界 \u{1F30D}\r\n';
const textBytes = new TextEncoder().encode(text);

/** Every kind of body, and the bytes it stands for. */
const bodies: readonly [name: string, make: () => BodyInput, bytes: Uint8Array, options?: UploadOptions][] = [
  ['a string', () => text, textBytes],
  ['an empty string', () => '', new Uint8Array(0)],
  ['bytes', () => long, long],
  ['a part of a larger buffer', () => long.subarray(1000, 2000), long.slice(1000, 2000)],
  ['an ArrayBuffer', () => long.slice().buffer, long],
  ['a DataView', () => new DataView(long.buffer, 3, 500), long.slice(3, 503)],
  ['a Blob', () => new Blob([textBytes, long], { type: 'image/png' }), Buffer.concat([textBytes, long])],
  ['an empty Blob', () => new Blob([]), new Uint8Array(0)],
  ['a ReadableStream of known length', () => webStream(long), long, { contentLength: long.length }],
  ['a ReadableStream of unknown length', () => webStream(long), long],
  ['a Readable of known length', () => Readable.from(pieces(long)), long, { contentLength: long.length }],
  ['a Readable of unknown length', () => Readable.from(pieces(long)), long],
  ['an empty stream of known length', () => Readable.from([]), new Uint8Array(0), { contentLength: 0 }],
  ['an async iterable of strings', () => Readable.from([text, text]), Buffer.concat([textBytes, textBytes])],
  ['a function that gives bytes', () => () => long, long],
  ['a function that opens a stream', () => async () => webStream(long), long, { contentLength: long.length }],
];

export function bodyTests(define: Define, subject: Subject): void {
  for (const [name, make, bytes, options] of bodies) {
    define(name, async ({ conn, bucket }) => {
      const room = await bucket();
      const { etag, status } = await conn.upload('body', make(), { bucket: room, ...options });
      assert.equal(status, 200);
      assert.equal(etag, md5(bytes));
      const response = await conn.get('body', room);
      assert.equal(response.contentLength, bytes.length);
      assert.equal(md5(await response.bytes()), md5(bytes));
    });
  }

  define('a FileHandle', async ({ conn, bucket }) => {
    const room = await bucket();
    const folder = await mkdtemp(join(tmpdir(), 'minis3-body-'));
    try {
      await writeFile(join(folder, 'file'), long);
      await using handle = await open(join(folder, 'file'));
      assert.equal((await conn.upload('file', handle, room)).etag, md5(long));
      assert.equal((await conn.upload('again', handle, room)).etag, md5(long), 'read from its beginning');
      assert.equal(md5(await (await conn.get('file', room)).bytes()), md5(long));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  define('a stream in one request', async ({ conn, bucket }) => {
    const target = { bucket: await bucket(), key: 'body' };
    await conn.send(putObject, { ...target, body: webStream(long), contentLength: long.length });
    assert.equal((await conn.headObject('body', target.bucket)).etag, md5(long));
  });

  define('a stream in one request that nothing signs', async ({ bucket }) => {
    const target = { bucket: await bucket(), key: 'body' };
    const conn = subject.connect({ payload: 'unsigned' });
    await conn.send(putObject, { ...target, body: webStream(long), contentLength: long.length });
    assert.equal((await conn.headObject('body', target.bucket)).etag, md5(long));
  });

  for (const [name, length] of [
    ['shorter', long.length + 1],
    ['longer', long.length - 1],
  ] as const) {
    define(`a stream ${name} than its contentLength is not stored`, async ({ conn, bucket }) => {
      const room = await bucket();
      const options = { bucket: room, contentLength: length };
      await assert.rejects(conn.upload('body', webStream(long), options), RangeError);
      assert.equal(await conn.exists('body', room), false);
    });
  }

  define('a stream that was to be empty and is not is not stored', async ({ conn, bucket }) => {
    const room = await bucket();
    const options = { bucket: room, contentLength: 0 };
    await assert.rejects(conn.upload('body', webStream(long), options), RangeError);
    assert.equal(await conn.exists('body', room), false);
  });

  define('a stream that fails is not stored', async ({ conn, bucket }) => {
    const room = await bucket();
    const options = { bucket: room, contentLength: long.length };
    async function* failing() {
      yield long.subarray(0, 300_000);
      throw new Error('the source broke');
    }
    await assert.rejects(conn.upload('body', failing(), options), /the source broke/);
    assert.equal(await conn.exists('body', room), false);
  });

  define('with every checksum', async ({ conn, bucket }) => {
    const room = await bucket();
    for (const checksum of checksumAlgorithms) {
      assert.equal((await conn.upload(checksum, text, { bucket: room, checksum })).etag, md5(textBytes));
      assert.equal(await (await conn.get(checksum, room)).text(), text);
    }
  });

  define('a Content-MD5 that is wrong', async ({ conn, bucket }) => {
    const room = await bucket();
    const headers = { 'content-md5': createHash('md5').update('else').digest('base64') };
    await refused(subject, conn.upload('body', text, { bucket: room, headers }), {
      code: 'BadDigest',
      status: 400,
      operation: 'PutObject',
      bucket: room,
      key: 'body',
    });
  });

  define('only if there is no object yet', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('once', 'first', { bucket: room, ifNoneMatch: '*' });
    await refused(subject, conn.upload('once', 'second', { bucket: room, ifNoneMatch: '*' }), {
      code: 'PreconditionFailed',
      status: 412,
      operation: 'PutObject',
      bucket: room,
      key: 'once',
    });
    assert.equal(await (await conn.get('once', room)).text(), 'first');
  });

  define('only if the object is as it was', async ({ conn, bucket }) => {
    const room = await bucket();
    const { etag } = await conn.upload('guarded', 'first', room);
    await conn.upload('guarded', 'second', { bucket: room, ifMatch: etag });
    await refused(subject, conn.upload('guarded', 'third', { bucket: room, ifMatch: etag }), {
      code: 'PreconditionFailed',
      status: 412,
      operation: 'PutObject',
      bucket: room,
      key: 'guarded',
    });
    assert.equal(await (await conn.get('guarded', room)).text(), 'second');
  });
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_537) yield bytes.subarray(at, at + 65_537);
}

function webStream(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return ReadableStream.from(pieces(bytes));
}
