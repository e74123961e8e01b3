import assert from 'node:assert/strict';
import type { PresignedPost } from '../../src/client/presign.ts';
import type { Answer } from '../support/ask.ts';
import type { Subject } from './subject.ts';
import type { Define } from './suite.ts';

export function presignTests(define: Define, subject: Subject): void {
  const { ask } = subject;

  define('GET', async ({ conn, bucket }) => {
    const room = await bucket();
    for (const key of ['a', 'dir/sp ace+é&=?#%2F.txt']) {
      await conn.upload(key, `of ${key}`, room);
      const before = subject.sent();
      const url = await conn.presign(key, room);
      assert.equal(subject.sent(), before);
      const { status, text } = await ask('GET', url);
      assert.equal(status, 200, text);
      assert.equal(text, `of ${key}`);
    }
  });

  define('GET with parameters for the answer', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'x', room);
    const query = { 'response-content-disposition': 'attachment; filename="a b.txt"' };
    const { status, headers } = await ask('GET', await conn.presign('a', { bucket: room, query }));
    assert.equal(status, 200);
    assert.equal(headers['content-disposition'], query['response-content-disposition']);
  });

  define('HEAD', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'four', room);
    const { status, headers, text } = await ask(
      'HEAD',
      await conn.presign('a', { bucket: room, method: 'HEAD' }),
    );
    assert.deepEqual(
      { status, text, length: headers['content-length'] },
      { status: 200, text: '', length: '4' },
    );
  });

  define('PUT', async ({ conn, bucket }) => {
    const room = await bucket();
    const url = await conn.presign('new é', { bucket: room, method: 'PUT', expiresIn: 60 });
    const { status, text } = await ask('PUT', url, { body: 'by a stranger' });
    assert.equal(status, 200, text);
    assert.equal(await (await conn.get('new é', room)).text(), 'by a stranger');
  });

  define('PUT with headers that have to be sent', async ({ conn, bucket }) => {
    const room = await bucket();
    const headers = { 'content-type': 'image/png', 'x-amz-meta-by': 'stranger' };
    const url = await conn.presign('new', { bucket: room, method: 'PUT', headers });
    const without = await ask('PUT', url, { body: 'x' });
    assert.ok(without.status === 403 || without.status === 400, without.text);
    assert.equal(await conn.exists('new', room), false);
    const { status, text } = await ask('PUT', url, { body: 'x', headers });
    assert.equal(status, 200, text);
    const head = await conn.headObject('new', room);
    assert.equal(head.contentType, 'image/png');
    assert.deepEqual({ ...head.metadata }, { by: 'stranger' });
  });

  define('DELETE', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'x', room);
    const { status } = await ask('DELETE', await conn.presign('a', { bucket: room, method: 'DELETE' }));
    assert.equal(status, 204);
    assert.equal(await conn.exists('a', room), false);
  });

  define('for one method and one key only', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'x', room);
    await conn.upload('b', 'y', room);
    const url = await conn.presign('a', room);
    assert.equal((await ask('DELETE', url)).status, 403);
    assert.equal((await ask('GET', url.replace(/\/a\?/, '/b?'))).status, 403);
    assert.equal(await conn.exists('a', room), true);
  });

  define('a form', async ({ conn, bucket }) => {
    const room = await bucket();
    const post = await conn.presignPost('forms/é 1.txt', {
      bucket: room,
      fields: { 'content-type': 'text/plain', 'x-amz-meta-by': 'form' },
      conditions: [['content-length-range', 1, 100]],
    });
    const { status, text } = await submit(subject, post, 'from a form');
    assert.ok(status === 204 || status === 200, text);
    const response = await conn.get('forms/é 1.txt', room);
    assert.equal(response.contentType, 'text/plain');
    assert.deepEqual({ ...response.metadata }, { by: 'form' });
    assert.equal(await response.text(), 'from a form');
  });

  define('a form named after its file', async ({ conn, bucket }) => {
    const room = await bucket();
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is S3 that puts the file's name there
    const post = await conn.presignPost('forms/${filename}', {
      bucket: room,
      conditions: [['starts-with', '$key', 'forms/']],
    });
    const { status, text } = await submit(subject, post, 'named');
    assert.ok(status === 204 || status === 200, text);
    assert.equal(await (await conn.get('forms/file.txt', room)).text(), 'named');
  });

  define('a form that breaks its policy', async ({ conn, bucket }) => {
    const room = await bucket();
    const post = await conn.presignPost('small', {
      bucket: room,
      conditions: [['content-length-range', 1, 4]],
    });
    assert.equal((await submit(subject, post, 'too long')).status, 400);
    const other = { ...post, fields: { ...post.fields, key: 'elsewhere' } };
    assert.equal((await submit(subject, other, 'x')).status, 403);
    assert.equal(await conn.exists('small', room), false);
    assert.equal(await conn.exists('elsewhere', room), false);
  });
}

async function submit(subject: Subject, { url, fields }: PresignedPost, content: string): Promise<Answer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([content]), 'file.txt');
  const encoded = new Response(form);
  return subject.ask('POST', url, {
    headers: { 'content-type': encoded.headers.get('content-type') as string },
    body: new Uint8Array(await encoded.arrayBuffer()),
  });
}
