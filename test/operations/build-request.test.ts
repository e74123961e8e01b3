import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRequest, type OperationRequest } from '../../src/operations/build-request.ts';
import {
  completeMultipartUpload,
  copyObject,
  createBucket,
  deleteObject,
  deleteObjects,
  getObject,
  listBuckets,
  listObjectsV2,
  putObject,
  putObjectTagging,
  uploadPart,
} from '../../src/operations/index.ts';
import type { Operation } from '../../src/operations/operation.ts';

type Built = Partial<OperationRequest>;

const date = new Date('2026-01-02T03:04:05.678Z');

const cases: [operation: Operation, input: Record<string, unknown>, expected: Built][] = [
  [listBuckets, {}, {}],
  [
    listBuckets,
    { maxBuckets: 7, prefix: 'a b' },
    {
      query: [
        ['max-buckets', '7'],
        ['prefix', 'a b'],
      ],
    },
  ],
  [getObject, { bucket: 'b', key: 'k' }, { bucket: 'b', key: 'k' }],
  [
    getObject,
    {
      key: 'k',
      ifMatch: '"e"',
      ifModifiedSince: date,
      partNumber: 3,
      versionId: 'v',
      checksumMode: 'ENABLED',
    },
    {
      key: 'k',
      query: [
        ['partNumber', '3'],
        ['versionId', 'v'],
      ],
      headers: {
        'if-match': '"e"',
        'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT',
        'x-amz-checksum-mode': 'ENABLED',
      },
    },
  ],
  [
    listObjectsV2,
    { prefix: '', fetchOwner: true, optionalObjectAttributes: ['RestoreStatus', 'Other'] },
    {
      query: [
        ['list-type', '2'],
        ['prefix', ''],
        ['fetch-owner', 'true'],
      ],
      headers: { 'x-amz-optional-object-attributes': 'RestoreStatus,Other' },
    },
  ],
  [
    putObject,
    {
      key: 'k',
      body: 'text',
      contentLength: 4,
      metadata: { A: '1', 'x-amz-meta-b': 'é' },
      storageClass: 'GLACIER',
      sseKmsKeyId: 'id',
      bucketKeyEnabled: false,
      objectLockRetainUntilDate: date,
    },
    {
      key: 'k',
      body: 'text',
      headers: {
        'content-length': '4',
        'x-amz-meta-a': '1',
        'x-amz-meta-b': '=?UTF-8?B?w6k=?=',
        'x-amz-storage-class': 'GLACIER',
        'x-amz-server-side-encryption-aws-kms-key-id': 'id',
        'x-amz-server-side-encryption-bucket-key-enabled': 'false',
        'x-amz-object-lock-retain-until-date': '2026-01-02T03:04:05.678Z',
      },
    },
  ],
  [
    uploadPart,
    { key: 'k', partNumber: 1, uploadId: 'u', body: new Uint8Array(1) },
    {
      key: 'k',
      query: [
        ['partNumber', '1'],
        ['uploadId', 'u'],
      ],
      body: new Uint8Array(1),
    },
  ],
  [copyObject, { key: 'k', copySource: 'b/k' }, { key: 'k', headers: { 'x-amz-copy-source': 'b/k' } }],
  [createBucket, { bucket: 'b' }, { bucket: 'b' }],
  [
    createBucket,
    { createBucketConfiguration: { locationConstraint: 'EU' } },
    {
      headers: { 'content-type': 'application/xml' },
      body: '<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>EU</LocationConstraint></CreateBucketConfiguration>',
    },
  ],
  [
    completeMultipartUpload,
    { key: 'k', uploadId: 'u', multipartUpload: { parts: [{ partNumber: 1, etag: '"e"' }] } },
    {
      key: 'k',
      query: [['uploadId', 'u']],
      headers: { 'content-type': 'application/xml' },
      body: '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Part><ETag>&quot;e&quot;</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>',
    },
  ],
];
for (const [operation, input, expected] of cases) {
  test(`${operation.name} of ${JSON.stringify(Object.keys(input))}`, async () => {
    const document = expected.headers?.['content-type'] === 'application/xml';
    const fixed: Built = {
      bucket: undefined,
      key: undefined,
      query: [],
      headers: {},
      body: undefined,
      document,
    };
    assert.deepEqual(await buildRequest(operation, input), { ...fixed, ...expected });
  });
}

test('members that are undefined are not sent', async () => {
  const { query, headers, body } = await buildRequest(putObject, {
    key: 'k',
    body: undefined,
    metadata: undefined,
    acl: undefined,
    nonsense: undefined,
  });
  assert.deepEqual([query, headers, body], [[], {}, undefined]);
});

test('the fixed parameter comes with every request', async () => {
  const input = { delete: { objects: [] }, tagging: { tagSet: [] }, key: 'k' };
  assert.deepEqual((await buildRequest(deleteObjects, { delete: input.delete })).query, [['delete']]);
  assert.deepEqual((await buildRequest(putObjectTagging, { key: 'k', tagging: input.tagging })).query, [
    ['tagging'],
  ]);
});

const refused: [operation: Operation, input: Record<string, unknown>, message: RegExp][] = [
  [getObject, { key: 'k', iffMatch: 'x' }, /GetObject has no member 'iffMatch'/],
  [getObject, { key: 'k', constructor: 'x' }, /no member 'constructor'/],
  [getObject, { key: 'k', toString: 'x' }, /no member 'toString'/],
  [getObject, JSON.parse('{"key":"k","__proto__":"x"}'), /no member '__proto__'/],
  [getObject, { key: 'k', IfMatch: 'x' }, /no member 'IfMatch'/],
  [uploadPart, { key: 'k', uploadId: 'u', body: '' }, /UploadPart needs 'partNumber'/],
  [uploadPart, { key: 'k', partNumber: 1, uploadId: undefined, body: '' }, /UploadPart needs 'uploadId'/],
  [deleteObjects, {}, /DeleteObjects needs 'delete'/],
  [deleteObjects, { delete: {} }, /Delete needs 'objects'/],
  [deleteObjects, { delete: { objects: [{ key: 'k', name: 'x' }] } }, /Object has no member 'name'/],
  [deleteObjects, { delete: { objects: [{ versionId: 'v' }] } }, /Object needs 'key'/],
  [putObject, { key: 'k', contentType: 'a\r\nb: c' }, /content-type/],
  [putObject, { key: 'k', contentType: '日' }, /content-type/],
  [putObject, { key: 'k', contentType: 7 }, /content-type/],
  [putObject, { key: 'k', metadata: { 'a b': 'c' } }, /header name/],
  [putObject, { key: 'k', metadata: { a: 'b\nc' } }, /line breaks/],
];
for (const [operation, input, message] of refused) {
  test(`${operation.name} of ${JSON.stringify(input)} is refused`, async () => {
    await assert.rejects(
      async () => buildRequest(operation, input),
      (error: Error) => {
        assert.ok(error instanceof TypeError);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('what an input inherits counts as given', async () => {
  const input = Object.create({ versionId: 'v' }, { key: { value: 'k', enumerable: true } });
  assert.deepEqual((await buildRequest(deleteObject, input)).query, [['versionId', 'v']]);
});
