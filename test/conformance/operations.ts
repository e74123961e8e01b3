import assert from 'node:assert/strict';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  deleteObjectTagging,
  getObject,
  getObjectAcl,
  getObjectTagging,
  listMultipartUploads,
  listObjectsV2,
  listParts,
  putObjectAcl,
  putObjectTagging,
  uploadPart,
} from '../../src/operations/index.ts';
import { refused } from './refused.ts';
import type { Subject } from './subject.ts';
import type { Define } from './suite.ts';

/** S3's bound for every part but the last. */
const partSize = 5 * 1024 * 1024;

export function operationTests(define: Define, subject: Subject): void {
  define('multipart: create, upload, list, complete', async ({ conn, bucket }) => {
    const room = await bucket();
    const target = { bucket: room, key: 'multi part/é' };
    const { uploadId } = await conn.send(createMultipartUpload, {
      ...target,
      contentType: 'video/mp4',
      metadata: { by: 'parts' },
    });
    assert.ok(uploadId);
    const first = new Uint8Array(partSize).fill(1);
    const parts = [];
    for (const [index, body] of [first, 'the end'].entries()) {
      const partNumber = index + 1;
      const { etag } = await conn.send(uploadPart, { ...target, uploadId, partNumber, body });
      parts.push({ partNumber, etag });
    }
    const listing = await conn.send(listParts, { ...target, uploadId });
    assert.deepEqual(
      listing.parts.map(({ partNumber, size }) => [partNumber, size]),
      [
        [1, partSize],
        [2, 7],
      ],
    );
    const { uploads } = await conn.send(listMultipartUploads, { bucket: room });
    assert.deepEqual(
      uploads.map((each) => [each.key, each.uploadId]),
      [[target.key, uploadId]],
    );
    await conn.send(completeMultipartUpload, { ...target, uploadId, multipartUpload: { parts } });

    const head = await conn.headObject(target.key, room);
    assert.equal(head.size, partSize + 7);
    assert.match(head.etag ?? '', /-2$/);
    assert.equal(head.contentType, 'video/mp4');
    assert.deepEqual({ ...head.metadata }, { by: 'parts' });
    const across = await conn.get(target.key, {
      bucket: room,
      range: { first: partSize - 1, last: partSize + 2 },
    });
    assert.equal(await across.text(), '\x01the');
  });

  define('multipart: abort', async ({ conn, bucket }) => {
    const room = await bucket();
    const target = { bucket: room, key: 'aborted' };
    const { uploadId = '' } = await conn.send(createMultipartUpload, target);
    await conn.send(uploadPart, { ...target, uploadId, partNumber: 1, body: 'x' });
    await conn.send(abortMultipartUpload, { ...target, uploadId });
    assert.equal(await conn.exists('aborted', room), false);
    await refused(subject, conn.send(uploadPart, { ...target, uploadId, partNumber: 1, body: 'x' }), {
      ...target,
      code: 'NoSuchUpload',
      status: 404,
      operation: 'UploadPart',
    });
  });

  for (const [name, tagSet] of [
    [
      'tags',
      [
        { key: 'colour', value: 'blue/green + @:=._-' },
        { key: 'none', value: '' },
      ],
    ],
    ['tags in letters of all scripts', [{ key: 'größe', value: '大きい' }]],
  ] as const) {
    define(name, async ({ conn, bucket }) => {
      const room = await bucket();
      const target = { bucket: room, key: 'tagged' };
      await conn.upload('tagged', 'x', room);
      await conn.send(putObjectTagging, { ...target, tagging: { tagSet } });
      const tags = await conn.send(getObjectTagging, target);
      assert.deepEqual(
        new Map(tags.tagSet.map(({ key, value }) => [key, value])),
        new Map(tagSet.map(({ key, value }) => [key, value])),
      );
      await conn.send(deleteObjectTagging, target);
      assert.deepEqual((await conn.send(getObjectTagging, target)).tagSet, []);
    });
  }

  define('ACLs', async ({ conn, bucket }) => {
    const room = await bucket();
    const target = { bucket: room, key: 'open' };
    await conn.upload('open', 'x', room);
    const permissions = async () =>
      (await conn.send(getObjectAcl, target)).grants.map((grant) => grant.permission);
    assert.deepEqual(await permissions(), ['FULL_CONTROL']);
    await conn.send(putObjectAcl, { ...target, acl: 'public-read' });
    assert.deepEqual((await permissions()).sort(), ['FULL_CONTROL', 'READ']);
  });

  define('what the verbs are made of', async ({ conn, bucket }) => {
    const room = await bucket();
    await conn.upload('a', 'streamed', room);
    const { body, contentLength } = await conn.send(getObject, { bucket: room, key: 'a' });
    assert.equal(contentLength, 8);
    let text = '';
    for await (const chunk of body) text += new TextDecoder().decode(chunk);
    assert.equal(text, 'streamed');
    const { contents, isTruncated } = await conn.send(listObjectsV2, { bucket: room });
    assert.deepEqual([contents.length, contents[0]?.key, contents[0]?.size, isTruncated], [1, 'a', 8, false]);
  });
}
