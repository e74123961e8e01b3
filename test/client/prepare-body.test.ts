import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { ConnectionOptions } from '../../src/client/options.ts';
import { upload } from '../../src/client/upload.ts';
import type { BodyInput } from '../../src/http/body.ts';
import { nodeHashes } from '../../src/node/hash.ts';
import {
  completeMultipartUpload,
  createBucket,
  createMultipartUpload,
  deleteObject,
  deleteObjects,
  getObject,
  putObject,
} from '../../src/operations/index.ts';
import { checksum } from '../../src/protocol/compute-checksum.ts';
import { put, scriptedSender } from '../support/scripted-transport.ts';

const text = 'the body';
const bytes = new TextEncoder().encode(text);
const sha256 = nodeHashes.sha256Hex(bytes);
const crc = checksum('CRC32', bytes, nodeHashes);
const md5 = createHash('md5').update(bytes).digest('base64');
const unsigned = 'UNSIGNED-PAYLOAD';
const chunked = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';

const aws = {};
const awsHttp = { tls: false };
const other = { endpoint: 'https://s3.example.com' };
const otherHttp = { endpoint: 'http://s3.example.com' };

type Expected = { payload: string | undefined; crc32?: string; md5?: string };
const signed: Expected = { payload: sha256 };
const summed: Expected = { payload: unsigned, crc32: crc };
const bare: Expected = { payload: unsigned };
const framed: Expected = { payload: chunked };

/** Each with what protects bytes (or a stream that can be had again), and a stream that can be read once. */
const policy: [options: ConnectionOptions, again: Expected, once: Expected][] = [
  [aws, summed, bare],
  [awsHttp, signed, framed],
  [other, signed, bare],
  [otherHttp, signed, framed],
  [{ ...aws, payload: 'signed' }, { ...signed, crc32: crc }, framed],
  [{ ...aws, payload: 'unsigned' }, summed, bare],
  [{ ...awsHttp, payload: 'unsigned' }, bare, bare],
  [{ ...other, payload: 'signed' }, signed, framed],
  [{ ...other, payload: 'unsigned' }, bare, bare],
  [{ ...otherHttp, payload: 'signed' }, signed, framed],
  [{ ...otherHttp, payload: 'unsigned' }, bare, bare],
  [{ ...aws, checksum: false }, signed, bare],
  [{ ...other, checksum: 'CRC32' }, summed, bare],
  [{ ...otherHttp, checksum: 'CRC32' }, { ...signed, crc32: crc }, framed],
  [{ ...aws, credentials: 'anonymous' }, { payload: undefined, crc32: crc }, { payload: undefined }],
  [{ ...otherHttp, credentials: 'anonymous' }, { payload: undefined }, { payload: undefined }],
  [{ ...aws, signatureVersion: 's3' }, { payload: undefined, md5 }, { payload: undefined }],
  [{ ...otherHttp, signatureVersion: 's3' }, { payload: undefined, md5 }, { payload: undefined }],
  [
    { ...aws, signatureVersion: 's3', checksum: 'CRC32' },
    { payload: undefined, md5, crc32: crc },
    { payload: undefined },
  ],
];

const kinds: [name: string, body: () => BodyInput, replayable: boolean, contentLength?: number][] = [
  ['bytes', () => bytes, true],
  ['a string', () => text, true],
  ['a Blob', () => new Blob([text]), true],
  ['a function', () => () => new Blob([text]).stream(), true, bytes.length],
  ['a stream without a length', () => new Blob([text]).stream(), true],
  ['a stream', () => new Blob([text]).stream(), false, bytes.length],
];

for (const [options, again, once] of policy) {
  test(`protected on its way: ${JSON.stringify(options)}`, async () => {
    for (const [name, body, replayable, contentLength] of kinds) {
      const { sender, requests } = scriptedSender([{}], options);
      await put(sender, 'k', body(), { contentLength });
      const request = requests[0];
      assert.ok(request);
      const { headers } = request;
      const expected = replayable ? again : once;
      assert.deepEqual(
        {
          payload: headers['x-amz-content-sha256'],
          crc32: headers['x-amz-checksum-crc32'],
          md5: headers['content-md5'],
        },
        { crc32: undefined, md5: undefined, ...expected },
        name,
      );
      assert.equal(headers['content-length'], String(request.body?.length), name);
      if (expected === framed) {
        assert.equal(headers['x-amz-decoded-content-length'], '8');
        assert.match(
          new TextDecoder().decode(request.body),
          /^8;chunk-signature=[0-9a-f]{64}\r\nthe body\r\n0;chunk-signature=[0-9a-f]{64}\r\n\r\n$/,
        );
      } else {
        assert.equal(headers['x-amz-decoded-content-length'], undefined);
        assert.deepEqual(request.body, bytes, name);
      }
    }
  });
}

test('an attempt that is signed anew signs its chunks anew', async () => {
  const { sender, requests } = scriptedSender([{ status: 503, early: true }, {}], otherHttp);
  await put(sender, 'k', new Blob([text]).stream(), { contentLength: 8 });
  assert.equal(requests[0]?.opened, 0);
  assert.equal(requests[1]?.opened, 1);
});

test("the checksum of a call takes the place of the connection's", async () => {
  for (const algorithm of ['CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
    const { sender, requests } = scriptedSender([{}]);
    await upload(sender, 'k', text, { checksum: algorithm });
    const { headers } = requests[0]!;
    assert.equal(
      headers[`x-amz-checksum-${algorithm.toLowerCase()}`],
      checksum(algorithm, bytes, nodeHashes),
    );
    assert.equal(headers['x-amz-checksum-crc32'], undefined);
    assert.equal(headers['x-amz-content-sha256'], unsigned);
  }
  const { sender, requests } = scriptedSender([{}]);
  await upload(sender, 'k', text, { checksum: false });
  assert.equal(requests[0]?.headers['x-amz-content-sha256'], sha256);
  await assert.rejects(upload(sender, 'k', text, { checksum: 'CRC16' as 'CRC32' }), TypeError);
});

test('a checksum that the caller brings is the only one', async () => {
  const value = checksum('SHA256', bytes, nodeHashes);
  for (const send of [
    (sender: Parameters<typeof put>[0]) =>
      sender.send(putObject, { key: 'k', body: text, checksumSha256: value }),
    (sender: Parameters<typeof put>[0]) =>
      upload(sender, 'k', text, { headers: { 'x-amz-checksum-sha256': value } }),
  ]) {
    const { sender, requests } = scriptedSender([{}]);
    await send(sender);
    const { headers } = requests[0]!;
    assert.equal(headers['x-amz-checksum-sha256'], value);
    assert.equal(headers['x-amz-checksum-crc32'], undefined);
    assert.equal(headers['x-amz-content-sha256'], sha256);
  }
});

test('operations that demand a digest get Content-MD5, and the body is signed', async () => {
  for (const options of [aws, other, otherHttp]) {
    const { sender, requests } = scriptedSender([{ body: '<DeleteResult/>' }], options);
    await sender.send(deleteObjects, { delete: { objects: [{ key: 'k' }] } });
    const { headers, body } = requests[0]!;
    assert.ok(body);
    assert.equal(headers['content-md5'], createHash('md5').update(body).digest('base64'));
    assert.equal(headers['x-amz-content-sha256'], nodeHashes.sha256Hex(body));
    assert.equal(headers['x-amz-checksum-crc32'], undefined);
    assert.equal(headers['content-type'], 'application/xml');
  }
});

test('a digest that the caller brings is sent as it is', async () => {
  const { sender, requests } = scriptedSender([{}]);
  await sender.send(putObject, { key: 'k', body: text, contentMd5: md5 });
  assert.equal(requests[0]?.headers['content-md5'], md5);
});

test('bodies of no bytes', async () => {
  for (const body of ['', new Uint8Array(0), new Blob([]), () => ''] as BodyInput[]) {
    for (const options of [aws, otherHttp]) {
      const { sender, requests } = scriptedSender([{}], options);
      await put(sender, 'k', body);
      assert.equal(requests[0]?.headers['content-length'], '0');
      assert.equal(requests[0]?.body?.length, 0);
    }
  }
});

test('a PUT or POST without a body says so', async () => {
  const { sender, requests } = scriptedSender([
    { body: '<InitiateMultipartUploadResult/>' },
    {},
    {},
    { status: 204 },
  ]);
  await sender.send(createMultipartUpload, { key: 'k' });
  await sender.send(createBucket, {});
  await sender.send(getObject, { key: 'k' });
  await sender.send(deleteObject, { key: 'k' });
  assert.deepEqual(
    requests.map(({ headers }) => headers['content-length']),
    ['0', '0', undefined, undefined],
  );
});

test('a stream of 64 KiB and more is signed chunk by chunk, whatever its own chunks are', async () => {
  const size = 200_000;
  const pieces = async function* () {
    for (let at = 0; at < size; at += 7001) yield new Uint8Array(Math.min(7001, size - at)).fill(at);
  };
  const { sender, requests } = scriptedSender([{}], otherHttp);
  await put(sender, 'k', pieces(), { contentLength: size });
  const request = requests[0]!;
  const sizes = new TextDecoder('latin1').decode(request.body).match(/[0-9a-f]+(?=;chunk-signature)/g);
  assert.deepEqual(sizes, ['10000', '10000', '10000', 'd40', '0']);
  assert.equal(request.headers['content-length'], String(request.body?.length));
});

test("an XML body goes without the checksum of objects, which S3 would take for the object's", async () => {
  const { sender, requests } = scriptedSender(
    [{ body: '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>' }],
    aws,
  );
  const parts = [{ partNumber: 1, etag: '"e"' }];
  await sender.send(completeMultipartUpload, { key: 'k', uploadId: 'u', multipartUpload: { parts } });
  const names = Object.keys(requests[0]!.headers).filter((name) => name.startsWith('x-amz-checksum'));
  assert.deepEqual(names, []);
  assert.match(requests[0]!.headers['x-amz-content-sha256'] ?? '', /^[0-9a-f]{64}$/);
});
