import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CopyOptions, copy } from '../../src/client/copy.ts';
import {
  type Answer,
  errorXml,
  type RecordedRequest,
  scriptedSender,
} from '../support/scripted-transport.ts';

const copied: Answer = {
  headers: { 'x-amz-version-id': 'v2' },
  body: '<CopyObjectResult><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;new&quot;</ETag></CopyObjectResult>',
};

/** What a source has that a copy is to keep. */
const source: Record<string, string> = {
  etag: '"old"',
  'content-length': '5',
  'content-type': 'text/plain',
  'content-disposition': 'attachment',
  'content-encoding': 'gzip',
  'content-language': 'de',
  'cache-control': 'max-age=60, private',
  expires: 'Fri, 02 Jan 2026 03:04:05 GMT',
  'x-amz-storage-class': 'STANDARD_IA',
  'x-amz-website-redirect-location': '/other',
  'x-amz-meta-a': '1',
  'x-amz-meta-b': '=?UTF-8?B?w6k=?=',
  'x-amz-version-id': 'v1',
  'x-amz-server-side-encryption': 'AES256',
  'last-modified': 'Thu, 01 Jan 2026 03:04:05 GMT',
};

/** The headers of a copy but for those of signing. */
function copyHeaders({ headers }: RecordedRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !/^(host|authorization|content-length|x-amz-(date|content-sha256))$/.test(name),
    ),
  );
}

test('a copy as it is', async () => {
  const { sender, requests } = scriptedSender([copied]);
  const result = await copy(sender, { fromKey: 'a b/é+', toKey: 'to' });
  const { method, path, hostname } = requests[0]!;
  assert.deepEqual([method, hostname, path], ['PUT', 'bkt.s3.amazonaws.com', '/to']);
  assert.deepEqual(copyHeaders(requests[0]!), {
    'x-amz-copy-source': 'bkt/a%20b/%C3%A9%2B',
    'x-amz-metadata-directive': 'COPY',
  });
  assert.equal(requests[0]?.headers['content-length'], '0');
  assert.deepEqual([result.status, result.etag, result.versionId], [200, 'new', 'v2']);
});

test('between buckets, of one version, under a condition, with other options', async () => {
  const { sender, requests } = scriptedSender([copied]);
  await copy(sender, {
    fromBucket: 'from',
    fromKey: 'k',
    fromVersionId: 'v+1',
    toBucket: 'to-bucket',
    toKey: 'k2',
    ifMatch: '"e"',
    public: true,
    storageClass: 'GLACIER',
    headers: { 'x-amz-tagging-directive': 'REPLACE' },
  });
  assert.equal(requests[0]?.hostname, 'to-bucket.s3.amazonaws.com');
  assert.deepEqual(copyHeaders(requests[0]!), {
    'x-amz-acl': 'public-read',
    'x-amz-copy-source': 'from/k?versionId=v%2B1',
    'x-amz-copy-source-if-match': '"e"',
    'x-amz-metadata-directive': 'COPY',
    'x-amz-storage-class': 'GLACIER',
    'x-amz-tagging-directive': 'REPLACE',
  });
});

test('the bucket it goes to is the one it comes from, unless it is named', async () => {
  const { sender, requests } = scriptedSender([copied]);
  await copy(sender, { fromBucket: 'from', fromKey: 'k', toKey: 'k2' });
  assert.equal(requests[0]?.hostname, 'from.s3.amazonaws.com');
});

const kept = {
  'cache-control': 'max-age=60, private',
  'content-disposition': 'attachment',
  'content-encoding': 'gzip',
  'content-language': 'de',
  'content-type': 'text/plain',
  expires: 'Fri, 02 Jan 2026 03:04:05 GMT',
  'x-amz-copy-source': 'bkt/k',
  'x-amz-copy-source-if-match': '"old"',
  'x-amz-meta-a': '1',
  'x-amz-meta-b': '=?UTF-8?B?w6k=?=',
  'x-amz-metadata-directive': 'REPLACE',
  'x-amz-storage-class': 'STANDARD_IA',
  'x-amz-website-redirect-location': '/other',
};

const changes: [name: string, options: Partial<CopyOptions>, expected: Record<string, string>][] = [
  [
    'metadata is merged',
    { metadata: { 'X-Amz-Meta-A': '2', C: '3' } },
    { 'x-amz-meta-a': '2', 'x-amz-meta-c': '3' },
  ],
  ['the content type', { contentType: 'image/png' }, { 'content-type': 'image/png' }],
  ['the time to keep it', { expires: 0 }, { 'cache-control': 'max-age=0, private' }],
  ['and the storage class', { metadata: {}, storageClass: 'GLACIER' }, { 'x-amz-storage-class': 'GLACIER' }],
  ['and the rights', { metadata: {}, public: true }, { 'x-amz-acl': 'public-read' }],
];
for (const [name, options, expected] of changes) {
  test(`a copy that changes: ${name}, all else is kept`, async () => {
    const { sender, requests } = scriptedSender([{ headers: source }, copied]);
    await copy(sender, { fromKey: 'k', toKey: 'k2', ...options });
    assert.deepEqual([requests[0]?.method, requests[0]?.path], ['HEAD', '/k']);
    assert.deepEqual(copyHeaders(requests[1]!), { ...kept, ...expected });
  });
}

test('the source is asked about with the version and the condition of the copy', async () => {
  const { sender, requests } = scriptedSender([{ headers: source }, copied]);
  await copy(sender, {
    fromBucket: 'from',
    fromKey: 'k',
    fromVersionId: 'v',
    toKey: 'k2',
    ifMatch: '"e"',
    metadata: {},
  });
  assert.equal(requests[0]?.hostname, 'from.s3.amazonaws.com');
  assert.equal(requests[0]?.path, '/k?versionId=v');
  assert.equal(requests[0]?.headers['if-match'], '"e"');
  assert.equal(requests[1]?.headers['x-amz-copy-source-if-match'], '"e"');
});

test('replace: what is given and nothing else', async () => {
  const { sender, requests } = scriptedSender([copied]);
  await copy(sender, { fromKey: 'k', toKey: 'k2', metadata: { c: '3' }, replace: true });
  assert.deepEqual(copyHeaders(requests[0]!), {
    'x-amz-copy-source': 'bkt/k',
    'x-amz-meta-c': '3',
    'x-amz-metadata-directive': 'REPLACE',
  });
});

test('metadata named like members of every object stays metadata', async () => {
  const { sender, requests } = scriptedSender([
    { headers: { etag: '"e"', 'x-amz-meta-__proto__': 'p' } },
    copied,
  ]);
  await copy(sender, { fromKey: 'k', toKey: 'k2', metadata: JSON.parse('{"constructor":"c"}') });
  assert.equal(requests[1]?.headers['x-amz-meta-__proto__'], 'p');
  assert.equal(requests[1]?.headers['x-amz-meta-constructor'], 'c');
});

test('an Expires header that is no date is not sent on', async () => {
  const { sender, requests } = scriptedSender([{ headers: { ...source, expires: '0' } }, copied]);
  await copy(sender, { fromKey: 'k', toKey: 'k2', metadata: {} });
  const expires = requests[1]?.headers['expires'];
  assert.ok(expires === undefined || !Number.isNaN(Date.parse(expires)));
});

test('a copy that fails inside a 200 is an error', async () => {
  const { sender } = scriptedSender([{ body: errorXml('AccessDenied') }]);
  await assert.rejects(copy(sender, { fromKey: 'k', toKey: 'k2' }), { code: 'AccessDenied', status: 200 });
});

test('a source that changed meanwhile, or is not there, is an error', async () => {
  const changed = scriptedSender([
    { headers: source },
    { status: 412, body: errorXml('PreconditionFailed') },
  ]);
  await assert.rejects(copy(changed.sender, { fromKey: 'k', toKey: 'k2', metadata: {} }), {
    code: 'PreconditionFailed',
  });
  const missing = scriptedSender([{ status: 404 }]);
  await assert.rejects(copy(missing.sender, { fromKey: 'k', toKey: 'k2', metadata: {} }), {
    code: 'NotFound',
  });
});

test('nonsense is refused before anything is sent', async () => {
  const { sender, requests } = scriptedSender([]);
  for (const options of [
    { fromKey: '', toKey: 'k' },
    { fromKey: 'k', toKey: '' },
    { fromKey: 'k', toKey: 'k2', fromBucket: '' },
    { fromKey: 'k', toKey: 'k2', fromBucket: 'a/b' },
    { fromKey: 'k', toKey: 'k2', toBucket: 'a/b' },
    { toKey: 'k2' } as CopyOptions,
  ]) {
    await assert.rejects(copy(sender, options), TypeError);
  }
  assert.equal(requests.length, 0);
});
