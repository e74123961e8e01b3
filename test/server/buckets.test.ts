import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bob, type Harness, startHarness } from './s3-harness.ts';

const { ask }: Harness = await startHarness();

test('a bucket is made, looked at, found in the list of its owner, and deleted', async () => {
  const made = await ask('PUT', '/one');
  assert.deepEqual([made.status, made.headers.get('location')], [200, '/one']);
  const head = await ask('HEAD', '/one');
  assert.deepEqual([head.status, head.headers.get('x-amz-bucket-region')], [200, 'us-east-1']);
  const location = await ask('GET', '/one', { query: { location: '' } });
  assert.equal(location.xml('LocationConstraint'), '');
  await ask('PUT', '/bobs', { user: bob });
  const mine = await ask('GET', '/');
  assert.deepEqual([mine.all('Name'), mine.xml('ID')], [['box', 'one'], 'alice']);
  assert.deepEqual(mine.xml('CreationDate'), '2026-11-22T12:00:00.000Z');
  assert.deepEqual((await ask('GET', '/', { user: bob })).all('Name'), ['bobs']);
  assert.equal((await ask('GET', '/', { user: undefined })).status, 403);

  await ask('PUT', '/one/key', { body: 'x' });
  const full = await ask('DELETE', '/one');
  assert.deepEqual([full.status, full.xml('Code')], [409, 'BucketNotEmpty']);
  await ask('DELETE', '/one/key');
  assert.equal((await ask('DELETE', '/one')).status, 204);
  assert.equal((await ask('HEAD', '/one')).status, 404);
});

test('the list of buckets in pages', async () => {
  for (const name of ['page-a', 'page-b', 'page-c']) await ask('PUT', `/${name}`);
  const query = { prefix: 'page-', 'max-buckets': '2' };
  const first = await ask('GET', '/', { query });
  const token = first.xml('ContinuationToken')!;
  const second = await ask('GET', '/', { query: { ...query, 'continuation-token': token } });
  assert.deepEqual([first.all('Name'), second.all('Name')], [['page-a', 'page-b'], ['page-c']]);
  assert.equal(second.xml('ContinuationToken'), undefined);
});

test('a name belongs to who has it first', async () => {
  const mine = await ask('PUT', '/box');
  assert.deepEqual([mine.status, mine.xml('Code')], [409, 'BucketAlreadyOwnedByYou']);
  const others = await ask('PUT', '/box', { user: bob });
  assert.deepEqual([others.status, others.xml('Code')], [409, 'BucketAlreadyExists']);
  for (const [method, path] of [
    ['HEAD', '/box'],
    ['GET', '/box'],
    ['DELETE', '/box'],
    ['PUT', '/box/key'],
  ] as const) {
    assert.equal((await ask(method, path, { user: bob })).status, 403, `${method} ${path}`);
  }
});

test('names of buckets', async () => {
  const bad = [
    ...['ab', 'x'.repeat(64), 'Upper', 'under_score', '-lead', 'trail-', 'a..b', '1.2.3.4', 'xn--abc', 'a b'],
    ...['abc-s3alias', 'abc--x-s3', 'sthree-abc', '..', '...', 'ü-bucket', 'a%b'],
  ];
  for (const name of bad) {
    for (const method of ['PUT', 'GET']) {
      const answer = await ask(
        method,
        `/${name}/`.replace(/\/\.+\/$/, (dots) => dots.replaceAll('.', '%2E')),
      );
      assert.deepEqual([answer.status, answer.xml('Code')], [400, 'InvalidBucketName'], `${method} ${name}`);
    }
  }
  for (const name of ['abc', 'a.b', 'a-b.c-d', '123', 'x'.repeat(63)]) {
    assert.equal((await ask('PUT', `/${name}`)).status, 200, name);
  }
});

test('what is not there', async () => {
  for (const [method, path, query] of [
    ['GET', '/nobox', {}],
    ['DELETE', '/nobox', {}],
    ['PUT', '/nobox/key', {}],
    ['GET', '/nobox/key', {}],
    ['DELETE', '/nobox/key', {}],
    ['GET', '/nobox', { location: '' }],
    ['POST', '/nobox/key', { uploads: '' }],
  ] as const) {
    const answer = await ask(method, path, { query });
    assert.deepEqual([answer.status, answer.xml('Code')], [404, 'NoSuchBucket'], `${method} ${path}`);
    assert.equal(answer.xml('BucketName'), 'nobox');
  }
  const missing = await ask('GET', '/box/no%thing');
  assert.deepEqual([missing.status, missing.xml('Code'), missing.xml('Key')], [404, 'NoSuchKey', 'no%thing']);
});

test('location constraints', async () => {
  const constraint = (region: string) =>
    `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
  const code = async (harness: Harness, name: string, body: string, region: string) =>
    (await harness.ask('PUT', `/${name}`, { body, region })).xml('Code');
  const us = await startHarness();
  assert.equal(await code(us, 'us-a', constraint('eu-west-1'), 'us-east-1'), 'InvalidLocationConstraint');
  assert.equal(await code(us, 'us-a', constraint('us-east-1'), 'us-east-1'), 'InvalidLocationConstraint');
  assert.equal(await code(us, 'us-a', '<CreateBucketConfiguration/>', 'us-east-1'), undefined);
  assert.equal(await code(us, 'us-b', '<Other/>', 'us-east-1'), 'MalformedXML');
  const eu = await startHarness({ region: 'eu-west-1' });
  assert.equal(await code(eu, 'eu-a', '', 'eu-west-1'), 'IllegalLocationConstraintException');
  assert.equal(await code(eu, 'eu-a', constraint('eu-west-1'), 'eu-west-1'), undefined);
  const location = await eu.ask('GET', '/eu-a', { query: { location: '' }, region: 'eu-west-1' });
  assert.equal(location.xml('LocationConstraint'), 'eu-west-1');
});
