import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get } from '../../src/client/get.ts';
import { exists, headObject } from '../../src/client/head.ts';
import { TransportError } from '../../src/http/transport.ts';
import {
  copyObject,
  createMultipartUpload,
  deleteObjects,
  getBucketLocation,
  getObject,
  listObjectsV2,
} from '../../src/operations/index.ts';
import type { S3Error } from '../../src/protocol/error.ts';
import { type Answer, errorXml, scriptedSender } from '../support/scripted-transport.ts';

const copied: Answer = { body: '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>' };
const copy = { key: 'k', copySource: 'b/k' };
const broken = new TransportError('interrupted', 'the connection broke');

const inside200: [body: string, code: string, repeated: boolean][] = [
  [errorXml('InternalError'), 'InternalError', true],
  [errorXml('SlowDown'), 'SlowDown', true],
  [`\n\n   ${errorXml('RequestTimeout')}`, 'RequestTimeout', true],
  [errorXml('AccessDenied'), 'AccessDenied', false],
  [errorXml('PreconditionFailed'), 'PreconditionFailed', false],
  ['', 'BadResponse', true],
  ['   \n', 'BadResponse', true],
  ['<CopyObjectResult><ETag>"e"</ETag>', 'BadResponse', true],
  ['<CopyObjectResult><ETag>"e"</CopyObjectResult>', 'BadResponse', true],
  ['<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult><more/>', 'BadResponse', true],
  ['<!DOCTYPE html><html><body>Welcome</body></html>', 'BadResponse', true],
  ['<html><body>Sign in</body></html>', 'BadResponse', true],
  ['<CopyPartResult><ETag>"e"</ETag></CopyPartResult>', 'BadResponse', true],
  ['{"etag":"e"}', 'BadResponse', true],
];
for (const [body, code, repeated] of inside200) {
  test(`a 200 that holds ${JSON.stringify(body.slice(0, 60))} is ${code}`, async () => {
    const { sender, requests } = scriptedSender(repeated ? [{ body }, copied] : [{ body }]);
    if (repeated) assert.equal((await sender.send(copyObject, copy)).copyObjectResult?.etag, '"e"');
    const final = scriptedSender([{ body }]);
    await assert.rejects(
      final.sender.send(copyObject, copy, { retry: { attempts: 1 } }),
      (error: S3Error) => {
        assert.equal(error.code, code);
        assert.equal(error.status, 200);
        assert.equal(error.operation, 'CopyObject');
        assert.equal(error.retryable, repeated);
        return true;
      },
    );
    assert.equal(requests.length, repeated ? 2 : 0);
    assert.equal(final.transport.held(), 0);
  });
}

test('white space in front of the answer, also before its declaration, is a keep-alive', async () => {
  const { sender } = scriptedSender([{ body: ['  ', '\n ', `<?xml version="1.0"?>${copied.body}`] }]);
  assert.equal((await sender.send(copyObject, copy)).copyObjectResult?.etag, '"e"');
});

test('an answer that breaks off is asked for again, and a NetworkError in the end', async () => {
  const cut = { body: ['<CopyObjectResult>', '<ETag>"e"'], breaks: broken };
  const { sender } = scriptedSender([cut, copied]);
  await sender.send(copyObject, copy);
  const final = scriptedSender([cut]);
  await assert.rejects(final.sender.send(copyObject, copy, { retry: { attempts: 1 } }), {
    code: 'NetworkError',
    cause: broken,
  });
});

test('an error answer that breaks off is still that error', async () => {
  const { sender } = scriptedSender([
    { status: 404, body: '<Error><Code>NoSuchKey</Code><Mess', breaks: broken },
    { status: 404, body: '<Error><Code>NoSuchKey</Code><Mess' },
  ]);
  await assert.rejects(get(sender, 'k', {}), { code: 'NotFound', status: 404 });
  await assert.rejects(get(sender, 'k', {}), { code: 'NoSuchKey', status: 404 });
});

test('an error answer is read up to a bound', async () => {
  const { sender, transport } = scriptedSender([{ status: 403, body: Array(40).fill('x'.repeat(65_536)) }]);
  await assert.rejects(get(sender, 'k', {}), { code: 'Forbidden', status: 403 });
  assert.equal(transport.held(), 0);
});

test('answers with another root than the one due are errors', async () => {
  const { sender } = scriptedSender(Array(3).fill({ body: '<Other/>' }));
  const call = { retry: { attempts: 1 } };
  const isBad = { code: 'BadResponse', status: 200 };
  await assert.rejects(sender.send(listObjectsV2, {}, call), isBad);
  await assert.rejects(sender.send(createMultipartUpload, { key: 'k' }, call), isBad);
  await assert.rejects(sender.send(deleteObjects, { delete: { objects: [] } }, call), isBad);
});

test('the location of a bucket is the text of the root', async () => {
  const { sender } = scriptedSender([
    {
      body: '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-west-1</LocationConstraint>',
    },
    { body: '<LocationConstraint/>' },
  ]);
  assert.equal((await sender.send(getBucketLocation, {})).locationConstraint, 'eu-west-1');
  assert.equal((await sender.send(getBucketLocation, {})).locationConstraint, '');
});

const body = 'hello';
const crc32 = 'NhCmhg==';

const checksums: [header: string, value: string, good: boolean][] = [
  ['x-amz-checksum-crc32', crc32, true],
  ['x-amz-checksum-crc32', 'AAAAAA==', false],
  ['x-amz-checksum-sha256', 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=', true],
  ['x-amz-checksum-sha256', 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCA=', false],
  ['x-amz-checksum-crc32', 'AAAAAA==-2', true], // of the parts, not of the bytes
  ['x-amz-checksum-xxhash3', 'nonsense', true], // not known here
];
for (const [header, value, good] of checksums) {
  test(`GET with ${header}: ${value} ${good ? 'passes' : 'is a ChecksumMismatch'}`, async () => {
    const answer = { headers: { [header]: value }, body: ['he', 'llo'] };
    const { sender, requests } = scriptedSender([answer, answer]);
    const whole = await get(sender, 'k', {});
    assert.equal(requests[0]?.headers['x-amz-checksum-mode'], 'ENABLED');
    const streamed = await get(sender, 'k', {});
    const read = async () => {
      let text = '';
      for await (const chunk of streamed) text += new TextDecoder().decode(chunk);
      return text;
    };
    if (good) {
      assert.equal(await whole.text(), body);
      assert.equal(await read(), body);
    } else {
      const mismatch = {
        code: 'ChecksumMismatch',
        status: 200,
        operation: 'GetObject',
        bucket: 'bkt',
        key: 'k',
      };
      await assert.rejects(whole.bytes(), mismatch);
      await assert.rejects(read(), mismatch);
    }
  });
}

test('the checksum of the whole is not held against a part of it', async () => {
  const { sender, requests } = scriptedSender([
    { status: 206, headers: { 'x-amz-checksum-crc32': crc32 }, body: 'ell' },
  ]);
  assert.equal(await (await get(sender, 'k', { range: { first: 1, last: 3 } })).text(), 'ell');
  assert.equal(requests[0]?.headers['range'], 'bytes=1-3');
  assert.equal(requests[0]?.headers['x-amz-checksum-mode'], undefined);
});

test('a body that breaks off is a NetworkError however it is read', async () => {
  const answer = { body: 'he', breaks: broken };
  const { sender, transport } = scriptedSender(Array(4).fill(answer));
  const isBroken = { name: 'S3Error', code: 'NetworkError', status: 200, cause: broken, key: 'k' };
  await assert.rejects((await get(sender, 'k', {})).text(), isBroken);
  await assert.rejects(async () => {
    for await (const chunk of await get(sender, 'k', {})) assert.equal(chunk.length, 2);
  }, isBroken);
  const reader = (await get(sender, 'k', {})).body.getReader();
  assert.equal((await reader.read()).value?.length, 2);
  await assert.rejects(reader.read(), isBroken);
  await assert.rejects((await get(sender, 'k', {})).toResponse().text(), isBroken);
  assert.equal(transport.held(), 0);
});

test('reading times out as Timeout', async () => {
  const breaks = new TransportError('timeout', 'idle for too long', { phase: 'idle' });
  const { sender } = scriptedSender([{ body: 'he', breaks }]);
  await assert.rejects((await get(sender, 'k', {})).bytes(), { code: 'Timeout', status: 200 });
});

test('304 is an answer to get, and an error to headObject', async () => {
  const { sender } = scriptedSender([{ status: 304, headers: { etag: '"e"' } }, { status: 304 }]);
  const response = await get(sender, 'k', { ifNoneMatch: '"e"' });
  assert.deepEqual([response.status, response.ok, response.etag], [304, false, 'e']);
  await assert.rejects(headObject(sender, 'k', { ifNoneMatch: '"e"' }), { code: 'NotModified', status: 304 });
});

test('exists is never a guess', async () => {
  const { sender } = scriptedSender([{}, { status: 404 }, { status: 403 }, { status: 400 }]);
  assert.equal(await exists(sender, 'k', {}), true);
  assert.equal(await exists(sender, 'k', {}), false);
  await assert.rejects(exists(sender, 'k', {}), { code: 'Forbidden' });
  await assert.rejects(exists(sender, 'k', {}), { code: 'BadRequest' });
});

test('headObject gives a record', async () => {
  const headers = {
    'content-length': '5',
    'content-type': 'text/plain',
    etag: '"e-1"',
    'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
    'x-amz-meta-user-id': '1',
    'x-amz-meta-__proto__': 'p',
    'x-amz-version-id': 'v',
    'x-amz-storage-class': 'GLACIER',
  };
  const { sender, requests } = scriptedSender([
    { headers },
    { headers: { etag: 'bare', 'content-length': 'x' } },
  ]);
  const head = await headObject(sender, 'k', { versionId: 'v' });
  assert.equal(requests[0]?.method, 'HEAD');
  assert.equal(requests[0]?.path, '/k?versionId=v');
  assert.deepEqual(
    { ...head, metadata: Object.entries(head.metadata) },
    {
      status: 200,
      size: 5,
      etag: 'e-1',
      lastModified: new Date('2026-01-02T03:04:05Z'),
      contentType: 'text/plain',
      metadata: [
        ['user-id', '1'],
        ['__proto__', 'p'],
      ],
      storageClass: 'GLACIER',
      versionId: 'v',
      headers,
    },
  );
  const bare = await headObject(sender, 'k', {});
  assert.deepEqual(
    [bare.size, bare.etag, bare.lastModified, bare.storageClass],
    [0, 'bare', undefined, 'STANDARD'],
  );
});

test('the body of GetObject as an operation is a stream', async () => {
  const { sender } = scriptedSender([
    { body: ['he', 'llo'], headers: { 'content-length': '5', 'x-amz-meta-a': 'b' } },
  ]);
  const output = await sender.send(getObject, { key: 'k' });
  assert.equal(output.contentLength, 5);
  assert.deepEqual({ ...output.metadata }, { a: 'b' });
  let size = 0;
  for await (const chunk of output.body) size += chunk.length;
  assert.equal(size, 5);
});
