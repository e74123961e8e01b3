import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBucket, deleteBucket, headBucket, listBuckets } from '../../src/client/buckets.ts';
import { deleteKey } from '../../src/client/delete.ts';
import { errorXml, scriptedSender } from '../support/scripted-transport.ts';

const constraint = (region: string) =>
  `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;

for (const [name, connection, region, expected] of [
  ['AWS, first region', {}, undefined, undefined],
  ['AWS, another region', { region: 'eu-west-1' }, undefined, constraint('eu-west-1')],
  ['AWS, a region of its own', { region: 'eu-west-1' }, 'eu-west-2', constraint('eu-west-2')],
  ['AWS, the first region from elsewhere', { region: 'eu-west-1' }, 'us-east-1', undefined],
  ['elsewhere', { endpoint: 'http://localhost:9000', region: 'eu-west-1' }, undefined, undefined],
  ['elsewhere, a region', { endpoint: 'http://localhost:9000' }, 'zone-2', constraint('zone-2')],
] as const) {
  test(`createBucket: ${name}`, async () => {
    const { sender, requests } = scriptedSender([{}], connection);
    await createBucket(sender, 'new-bucket', { region });
    const { method, body, headers } = requests[0]!;
    assert.equal(method, 'PUT');
    assert.equal(body && new TextDecoder().decode(body), expected);
    assert.equal(headers['x-amz-acl'], undefined);
    if (!expected) assert.equal(headers['content-length'], '0');
  });
}

test('createBucket: public, and refusals', async () => {
  const { sender, requests } = scriptedSender([
    {},
    { status: 409, body: errorXml('BucketAlreadyOwnedByYou') },
  ]);
  await createBucket(sender, 'new-bucket', { public: true });
  assert.equal(requests[0]?.headers['x-amz-acl'], 'public-read');
  await assert.rejects(createBucket(sender, 'new-bucket', {}), { code: 'BucketAlreadyOwnedByYou' });
  await assert.rejects(createBucket(sender, 'New', {}), TypeError);
  await assert.rejects(createBucket(sender, 'new-bucket', { region: 'a.b' }), TypeError);
  assert.equal(requests.length, 2);
});

test('deleteBucket', async () => {
  const { sender, requests } = scriptedSender([
    { status: 204 },
    { status: 409, body: errorXml('BucketNotEmpty') },
  ]);
  assert.equal((await deleteBucket(sender, 'old-bucket', {})).status, 204);
  assert.equal(requests[0]?.headers['host'], 'old-bucket.s3.amazonaws.com');
  await assert.rejects(deleteBucket(sender, 'old-bucket', {}), { code: 'BucketNotEmpty', status: 409 });
});

test('headBucket tells the region', async () => {
  const { sender } = scriptedSender([
    { headers: { 'x-amz-bucket-region': 'us-east-1' } },
    {},
    { status: 404 },
  ]);
  assert.deepEqual(await headBucket(sender, {}), { status: 200, region: 'us-east-1' });
  assert.deepEqual(await headBucket(sender, {}), { status: 200, region: undefined });
  await assert.rejects(headBucket(sender, {}), { code: 'NotFound', operation: 'HeadBucket', key: undefined });
});

function buckets(names: string[], token = ''): string {
  const entries = names.map(
    (name) => `<Bucket><Name>${name}</Name><CreationDate>2026-01-02T03:04:05.000Z</CreationDate></Bucket>`,
  );
  return `<ListAllMyBucketsResult><Owner><ID>me</ID></Owner><Buckets>${entries.join('')}</Buckets>${token}</ListAllMyBucketsResult>`;
}

test('listBuckets over all pages', async () => {
  const { sender, requests } = scriptedSender([
    { body: buckets(['a', 'b'], '<ContinuationToken>t</ContinuationToken>') },
    { body: buckets(['c'], '<ContinuationToken/>') },
  ]);
  const created = new Date('2026-01-02T03:04:05Z');
  assert.deepEqual(
    await listBuckets(sender, {}),
    ['a', 'b', 'c'].map((name) => ({ name, created })),
  );
  assert.deepEqual(
    requests.map(({ hostname, path }) => hostname + path),
    ['s3.amazonaws.com/', 's3.amazonaws.com/?continuation-token=t'],
  );
});

test('listBuckets is whole or an error', async () => {
  for (const body of [buckets(['a']).slice(0, -30), '<html/>', '']) {
    const { sender } = scriptedSender([{ body }]);
    await assert.rejects(listBuckets(sender, { retry: { attempts: 1 } }), { code: 'BadResponse' });
  }
});

test('delete tells of versions and markers', async () => {
  const { sender, requests } = scriptedSender([
    { status: 204, headers: { 'x-amz-delete-marker': 'true', 'x-amz-version-id': 'm' } },
    { status: 204 },
    { status: 404, body: errorXml('NoSuchBucket') },
  ]);
  assert.deepEqual(await deleteKey(sender, 'k', {}), { status: 204, versionId: 'm', deleteMarker: true });
  assert.deepEqual(await deleteKey(sender, 'k', { versionId: 'v 1', ifMatch: '"e"' }), {
    status: 204,
    versionId: undefined,
    deleteMarker: false,
  });
  assert.equal(requests[1]?.path, '/k?versionId=v%201');
  assert.equal(requests[1]?.headers['if-match'], '"e"');
  await assert.rejects(deleteKey(sender, 'k', {}), { code: 'NoSuchBucket' });
});
