import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Harness, startHarness } from './s3-harness.ts';

const { ask }: Harness = await startHarness();
const keys = ['a', 'a b+c', 'd/1', 'd/2', 'e/', 'e/f/g', '\ue000', '😀', 'z&<>"\r\n\x01'];
for (const key of keys)
  await ask('PUT', `/box/${key}`, { body: 'x', headers: { 'x-amz-checksum-crc32': 'jNwWgw==' } });

test('version 1: all there is to know of a key, in UTF-8 order', async () => {
  const { status, text, all, xml, headers } = await ask('GET', '/box', { query: { 'encoding-type': 'url' } });
  assert.equal(status, 200);
  assert.equal(headers.get('content-type'), 'application/xml');
  assert.deepEqual(all('Key'), [
    'a',
    'a+b%2Bc',
    'd/1',
    'd/2',
    'e/',
    'e/f/g',
    'z%26%3C%3E%22%0D%0A%01',
    '%EE%80%80',
    '%F0%9F%98%80',
  ]);
  assert.ok(
    text.includes(
      '<Contents><Key>a</Key><LastModified>2026-11-22T12:00:00.000Z</LastModified>' +
        '<ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><ChecksumAlgorithm>CRC32</ChecksumAlgorithm>' +
        '<ChecksumType>FULL_OBJECT</ChecksumType><Size>1</Size><Owner><ID>alice</ID><DisplayName>alice</DisplayName>' +
        '</Owner><StorageClass>STANDARD</StorageClass></Contents>',
    ),
    text,
  );
  assert.deepEqual(
    ['Name', 'Prefix', 'Marker', 'MaxKeys', 'IsTruncated', 'EncodingType', 'NextMarker', 'KeyCount'].map(xml),
    ['box', '', '', '1000', 'false', 'url', undefined, undefined],
  );
});

test('without encoding, what XML cannot carry is a reference', async () => {
  const { text } = await ask('GET', '/box', { query: { prefix: 'z' } });
  assert.ok(text.includes('<Key>z&amp;&lt;&gt;&quot;&#xD;&#xA;&#x1;</Key>'), text);
});

test('version 1: pages by marker', async () => {
  const first = await ask('GET', '/box', { query: { 'max-keys': '3' } });
  assert.deepEqual(
    [first.xml('IsTruncated'), first.xml('NextMarker'), first.xml('MaxKeys')],
    ['true', undefined, '3'],
  );
  const second = await ask('GET', '/box', { query: { 'max-keys': '2', marker: 'd/1' } });
  assert.deepEqual(second.all('Key'), ['d/2', 'e/']);
  const folded = await ask('GET', '/box', { query: { delimiter: '/', 'max-keys': '3' } });
  assert.deepEqual(
    [folded.all('Key'), folded.all('Prefix'), folded.xml('NextMarker')],
    [['a', 'a b+c'], ['', 'd/'], 'd/'],
  );
  const rest = await ask('GET', '/box', { query: { delimiter: '/', marker: 'd/', prefix: '' } });
  assert.deepEqual(rest.all('Prefix'), ['', 'e/']);
});

test('version 2: pages by an opaque token', async () => {
  const query = { 'list-type': '2', delimiter: '/', 'max-keys': '3', 'encoding-type': 'url' };
  const first = await ask('GET', '/box', { query });
  assert.deepEqual(
    [first.all('Key'), first.all('Prefix')],
    [
      ['a', 'a+b%2Bc'],
      ['', 'd/'],
    ],
  );
  assert.deepEqual(
    [first.xml('KeyCount'), first.xml('Owner'), first.xml('Marker')],
    ['3', undefined, undefined],
  );
  assert.ok(!first.text.includes('<Owner>'));
  const token = first.xml('NextContinuationToken')!;
  assert.notEqual(token, 'd/');
  const second = await ask('GET', '/box', {
    query: { ...query, 'continuation-token': token, 'start-after': 'z' },
  });
  assert.deepEqual([second.all('Prefix'), second.xml('ContinuationToken')], [['', 'e/'], token]);
  assert.equal(second.xml('IsTruncated'), 'true');
  const after = await ask('GET', '/box', {
    query: { 'list-type': '2', 'start-after': 'e/', 'fetch-owner': 'true' },
  });
  assert.deepEqual([after.all('Key').length, after.xml('StartAfter'), after.xml('ID')], [4, 'e/', 'alice']);
});

test('parameters out of bounds', async () => {
  const cases: [Record<string, string>, string | undefined][] = [
    [{ 'max-keys': '-1' }, 'InvalidArgument'],
    [{ 'max-keys': 'many' }, 'InvalidArgument'],
    [{ 'max-keys': '99999999999' }, 'InvalidArgument'],
    [{ 'encoding-type': 'base64' }, 'InvalidArgument'],
    [{ 'list-type': '2', 'continuation-token': '' }, 'InvalidArgument'],
    [{ 'list-type': '2', 'continuation-token': '%%%' }, 'InvalidArgument'],
    [{ 'max-keys': '5000' }, undefined],
  ];
  for (const [query, code] of cases) {
    const answer = await ask('GET', '/box', { query });
    assert.equal(answer.xml('Code'), code, JSON.stringify(query));
    if (code === undefined) assert.equal(answer.xml('MaxKeys'), '1000');
  }
  const none = await ask('GET', '/box', { query: { 'list-type': '2', 'max-keys': '0' } });
  assert.deepEqual([none.all('Key'), none.xml('IsTruncated'), none.xml('KeyCount')], [[], 'false', '0']);
});
