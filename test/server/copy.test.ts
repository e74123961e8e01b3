import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, type Harness, now, startHarness } from './s3-harness.ts';

const { ask }: Harness = await startHarness();
const source = 'a+b ?%2F/ü';
const encoded = 'box/a%2Bb%20%3F%252F/%C3%BC';
const etag = '"5d41402abc4b2a76b9719d911017c592"';
await ask('PUT', `/box/${source}`, {
  body: 'hello',
  headers: {
    'content-type': 'a/b',
    'x-amz-meta-a': 'b',
    'x-amz-tagging': 'c=d',
    'x-amz-acl': 'public-read',
    'x-amz-storage-class': 'STANDARD_IA',
    'x-amz-website-redirect-location': '/there',
    'x-amz-checksum-crc32': 'NhCmhg==',
  },
});

const copy = (headers: Record<string, string>, path = '/box/copy', user = alice) =>
  ask('PUT', path, { headers: { 'x-amz-copy-source': encoded, ...headers }, user });

test('a copy has what the source has, but for its ACL, class and redirect', async () => {
  for (const from of [encoded, `/${encoded}`, `${encoded}?versionId=null`]) {
    const answer = await copy({ 'x-amz-copy-source': from });
    assert.deepEqual(
      [answer.status, answer.xml('ETag'), answer.xml('ChecksumCRC32')],
      [200, etag.replaceAll('"', '&quot;'), 'NhCmhg=='],
    );
  }
  const { headers, text } = await ask('GET', '/box/copy', { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
  assert.equal(text, 'hello');
  assert.deepEqual(
    [
      ...['content-type', 'x-amz-meta-a', 'x-amz-tagging-count', 'x-amz-checksum-crc32'],
      ...['x-amz-storage-class', 'x-amz-website-redirect-location'],
    ].map((name) => headers.get(name)),
    ['a/b', 'b', '1', 'NhCmhg==', null, null],
  );
  assert.equal((await ask('GET', '/box/copy', { user: undefined })).status, 403);
});

test('a copy with other metadata, tags, class and checksum', async () => {
  await copy({
    'x-amz-metadata-directive': 'REPLACE',
    'x-amz-tagging-directive': 'REPLACE',
    'x-amz-storage-class': 'GLACIER',
    'x-amz-checksum-algorithm': 'SHA1',
    'x-amz-meta-x': 'y',
    'content-type': 'c/d',
  });
  const { headers } = await ask('HEAD', '/box/copy', { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
  assert.deepEqual(
    [
      ...['content-type', 'x-amz-meta-a', 'x-amz-meta-x', 'x-amz-tagging-count', 'x-amz-storage-class'],
      ...['x-amz-checksum-sha1', 'x-amz-checksum-crc32'],
    ].map((name) => headers.get(name)),
    ['c/d', null, 'y', null, 'GLACIER', 'qvTGHdzF6KLavt4PO0gs2a6pQ00=', null],
  );
});

test('a copy onto itself has to change something', async () => {
  const path = `/box/${source}`;
  const nothing = await copy({}, path);
  assert.deepEqual([nothing.status, nothing.xml('Code')], [400, 'InvalidRequest']);
  assert.equal(
    (await copy({ 'x-amz-metadata-directive': 'REPLACE', 'x-amz-meta-a': 'new' }, path)).status,
    200,
  );
  const { text, headers } = await ask('GET', path);
  assert.deepEqual([text, headers.get('x-amz-meta-a')], ['hello', 'new']);
  assert.equal((await copy({ 'x-amz-storage-class': 'STANDARD' }, path)).status, 200);
});

test('conditions on the source, and on the destination', async () => {
  const same = new Date(now).toUTCString();
  const before = new Date(now - 1000).toUTCString();
  const cases: [Record<string, string>, number][] = [
    [{ 'x-amz-copy-source-if-match': etag }, 200],
    [{ 'x-amz-copy-source-if-match': '"a"' }, 412],
    [{ 'x-amz-copy-source-if-none-match': etag }, 412],
    [{ 'x-amz-copy-source-if-none-match': '"a"' }, 200],
    [{ 'x-amz-copy-source-if-modified-since': same }, 412],
    [{ 'x-amz-copy-source-if-modified-since': before }, 200],
    [{ 'x-amz-copy-source-if-unmodified-since': before }, 412],
    [{ 'x-amz-copy-source-if-match': etag, 'x-amz-copy-source-if-unmodified-since': before }, 200],
    [{ 'if-none-match': '*' }, 412],
    [{ 'if-match': etag }, 200],
    [{ 'if-match': '"a"' }, 412],
  ];
  for (const [headers, status] of cases)
    assert.equal((await copy(headers)).status, status, JSON.stringify(headers));
});

test('sources that are none', async () => {
  const cases: [string, string][] = [
    ['box', 'InvalidArgument'],
    ['box/', 'InvalidArgument'],
    ['Box_/key', 'InvalidArgument'],
    ['box/%zz', 'InvalidArgument'],
    ['box/missing', 'NoSuchKey'],
    ['nobox/key', 'NoSuchBucket'],
    [`${encoded}?versionId=1`, 'NoSuchVersion'],
  ];
  for (const [from, code] of cases) {
    assert.equal((await copy({ 'x-amz-copy-source': from })).xml('Code'), code, from);
  }
  assert.equal((await copy({ 'x-amz-metadata-directive': 'MERGE' })).xml('Code'), 'InvalidArgument');
});

test('a copy needs the right to read and the right to write', async () => {
  await ask('PUT', '/bobs-box', { user: bob });
  await ask('PUT', '/box/secret', { body: 'x' });
  assert.equal(
    (await copy({ 'x-amz-copy-source': 'box/secret' }, '/bobs-box/k', bob)).xml('Code'),
    'AccessDenied',
  );
  assert.equal((await copy({}, '/box/k', bob)).xml('Code'), 'AccessDenied');
  await ask('PUT', '/box/open', { body: 'x', headers: { 'x-amz-acl': 'public-read' } });
  assert.equal((await copy({ 'x-amz-copy-source': 'box/open' }, '/bobs-box/k', bob)).status, 200);
});

test('parts by copy', async () => {
  await ask('PUT', '/box/long', { body: Buffer.alloc(6 * 1024 * 1024, 'x') });
  await ask('PUT', '/box/digits', { body: '0123456789' });
  const uploadId = (await ask('POST', '/box/parts', { query: { uploads: '' } })).xml('UploadId')!;
  const part = (partNumber: string, from: string, range?: string) =>
    ask('PUT', '/box/parts', {
      query: { uploadId, partNumber },
      headers: { 'x-amz-copy-source': from, ...(range ? { 'x-amz-copy-source-range': range } : {}) },
    });
  const first = (await part('1', 'box/long')).xml('ETag')!;
  const second = (await part('2', 'box/digits', 'bytes=2-4')).xml('ETag')!;
  const xml = [first, second].map(
    (etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  for (const [range, code] of [
    ['bytes=2-', 'InvalidArgument'],
    ['bytes=4-2', 'InvalidArgument'],
    ['2-4', 'InvalidArgument'],
    ['bytes=0-10', 'InvalidArgument'],
    ['bytes=10-12', 'InvalidRequest'],
  ]) {
    assert.equal((await part('3', 'box/digits', range)).xml('Code'), code, range);
  }
  const body = `<CompleteMultipartUpload>${xml.join('')}</CompleteMultipartUpload>`;
  assert.equal((await ask('POST', '/box/parts', { query: { uploadId }, body })).status, 200);
  const got = await ask('GET', '/box/parts', { headers: { range: 'bytes=-5' } });
  assert.equal(got.text, 'xx234');
});
