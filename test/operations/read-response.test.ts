import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransportResponse } from '../../src/http/transport.ts';
import {
  copyObject,
  getBucketLocation,
  getObject,
  getObjectAcl,
  headObject,
  listBuckets,
  listObjectsV2,
  listParts,
  putObject,
} from '../../src/operations/index.ts';
import {
  element,
  list,
  type Operation,
  operation,
  status,
  string,
  struct,
} from '../../src/operations/operation.ts';
import { isStreamed, readResponse } from '../../src/operations/read-response.ts';
import { XmlError } from '../../src/protocol/xml-reader.ts';

function answer(headers: Record<string, string> = {}): TransportResponse {
  return {
    status: 200,
    headers,
    discard() {},
    bytes: () => Promise.reject(new Error('reading is not its business')),
    [Symbol.asyncIterator]() {
      throw new Error('reading is not its business');
    },
  };
}

function read(operation: Operation, text: string, headers?: Record<string, string>): Record<string, unknown> {
  return readResponse(operation, answer(headers), text);
}

test('members from headers, by their types', () => {
  const output = read(headObject, '', {
    'content-length': '12',
    'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
    'x-amz-delete-marker': 'true',
    'x-amz-mp-parts-count': '3',
    'x-amz-storage-class': 'GLACIER',
    'x-amz-object-lock-retain-until-date': '2026-01-02T03:04:05.678Z',
    'x-amz-meta-a': '1',
    'x-amz-meta-__proto__': 'p',
    'x-amz-website-redirect-location': '/\xc3\xa9', // raw UTF-8, as Ceph sends it
    'x-unknown': 'x',
  });
  assert.deepEqual(
    { ...output, metadata: Object.entries(output['metadata'] as object) },
    {
      contentLength: 12,
      lastModified: new Date('2026-01-02T03:04:05Z'),
      deleteMarker: true,
      partsCount: 3,
      storageClass: 'GLACIER',
      objectLockRetainUntilDate: new Date('2026-01-02T03:04:05.678Z'),
      websiteRedirectLocation: '/é',
      metadata: [
        ['a', '1'],
        ['__proto__', 'p'],
      ],
    },
  );
});

test('an answer without headers has no members, but empty metadata', () => {
  assert.deepEqual(Object.keys(read(headObject, '')), ['metadata']);
  assert.deepEqual(read(putObject, ''), {});
});

test('the body of a stream is the answer itself, unread', () => {
  const response = answer();
  assert.equal(readResponse(getObject, response, '')['body'], response);
  assert.equal(isStreamed(getObject), true);
  assert.equal(isStreamed(headObject), false);
  assert.equal(isStreamed(listObjectsV2), false);
});

test('the status', () => {
  const teapot = operation({ name: 'T', method: 'GET', scope: 'service', input: {}, output: { status } });
  assert.deepEqual(readResponse(teapot, { ...answer(), status: 207 }, ''), { status: 207 });
});

test('elements, with lists that are always there', () => {
  assert.deepEqual(read(listObjectsV2, '<ListBucketResult/>'), { contents: [], commonPrefixes: [] });
  assert.deepEqual(
    read(
      listObjectsV2,
      `<?xml version="1.0"?><ListBucketResult xmlns="http://doc.s3.amazonaws.com/2006-03-01"><Name>b</Name><New><Name>x</Name></New>
<KeyCount>2</KeyCount><IsTruncated>true</IsTruncated><Contents><Key>&lt;a&gt;</Key><Size>5</Size><ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumAlgorithm>SHA1</ChecksumAlgorithm><Owner><ID>me</ID></Owner></Contents>
<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes><Contents><Key>b</Key></Contents></ListBucketResult>`,
      { 'x-amz-request-charged': 'requester' },
    ),
    {
      name: 'b',
      keyCount: 2,
      isTruncated: true,
      contents: [
        { key: '<a>', size: 5, checksumAlgorithm: ['CRC32', 'SHA1'], owner: { id: 'me' } },
        { key: 'b', checksumAlgorithm: [] },
      ],
      commonPrefixes: [{ prefix: 'p/' }],
      requestCharged: 'requester',
    },
  );
});

test('lists inside an element of their own', () => {
  const xml =
    '<ListAllMyBucketsResult><Buckets><Bucket><Name>a</Name></Bucket><Other/><Bucket><Name>b</Name></Bucket></Buckets></ListAllMyBucketsResult>';
  assert.deepEqual(read(listBuckets, xml)['buckets'], [{ name: 'a' }, { name: 'b' }]);
  assert.deepEqual(
    read(listBuckets, '<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>')['buckets'],
    [],
  );
  assert.deepEqual(read(listBuckets, '<ListAllMyBucketsResult/>')['buckets'], []);
});

test('attributes, whatever their prefix', () => {
  const xml = (prefix: string) =>
    `<AccessControlPolicy><AccessControlList><Grant><Grantee xmlns:${prefix}="http://www.w3.org/2001/XMLSchema-instance" ${prefix}:type="Group"><URI>u</URI></Grantee></Grant></AccessControlList></AccessControlPolicy>`;
  for (const prefix of ['xsi', 'x']) {
    assert.deepEqual(read(getObjectAcl, xml(prefix))['grants'], [{ grantee: { type: 'Group', uri: 'u' } }]);
  }
});

test('a whole body as one member, or the text of its root', () => {
  assert.deepEqual(
    read(copyObject, '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>', { 'x-amz-version-id': 'v' }),
    {
      copyObjectResult: { etag: '"e"' },
      versionId: 'v',
    },
  );
  assert.deepEqual(read(getBucketLocation, '<LocationConstraint>EU</LocationConstraint>'), {
    locationConstraint: 'EU',
  });
  assert.deepEqual(read(getBucketLocation, '<LocationConstraint/>'), { locationConstraint: '' });
});

test('an element that should come once: the last one counts', () => {
  assert.equal(read(listParts, '<ListPartsResult><Key>a</Key><Key>b</Key></ListPartsResult>')['key'], 'b');
});

const bad: [operation: Operation, text: string][] = [
  [listObjectsV2, ''],
  [listObjectsV2, '   '],
  [listObjectsV2, '<html/>'],
  [listObjectsV2, '<Error><Code>InternalError</Code></Error>'],
  [listObjectsV2, '<listbucketresult/>'],
  [listObjectsV2, '<ListBucketResult>'],
  [listObjectsV2, '<ListBucketResult><Contents><Key>a</Key></Contents>'],
  [listObjectsV2, '<ListBucketResult/><ListBucketResult/>'],
  [listObjectsV2, '<ListBucketResult/>text'],
  [listObjectsV2, '<!DOCTYPE x><ListBucketResult/>'],
  [listObjectsV2, '<ListBucketResult><Name><Inner/></Name></ListBucketResult>'],
  [listObjectsV2, '<ListBucketResult><Name>&unknown;</Name></ListBucketResult>'],
  [copyObject, '<CopyObjectResult><ETag>"e"</CopyObjectResult>'],
  [getBucketLocation, '<LocationConstraint>EU'],
];
for (const [operation, text] of bad) {
  test(`${operation.name}: ${JSON.stringify(text)} is an error`, () => {
    assert.throws(() => read(operation, text), XmlError);
  });
}

test('elements named like members of every object', () => {
  const Odd = struct({ constructor_: element(string(), 'constructor'), items: list(string(), '__proto__') });
  const odd = operation({
    name: 'Odd',
    method: 'GET',
    scope: 'service',
    root: 'Odd',
    input: {},
    output: { odd: element(Odd) },
  });
  const output = read(
    odd,
    '<Odd><__proto__><polluted>1</polluted></__proto__><toString>x</toString><Odd><__proto__>a</__proto__><constructor>c</constructor><hasOwnProperty>h</hasOwnProperty></Odd></Odd>',
  );
  assert.deepEqual(output, { odd: { items: ['a'], constructor_: 'c' } });
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  assert.equal(Object.getPrototypeOf(output), Object.prototype);
});
