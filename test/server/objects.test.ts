import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type Asked, alice, bob, type Harness, now, startHarness } from './s3-harness.ts';

const { ask, server }: Harness = await startHarness();
const body = '0123456789';
const etag = '"781e5e245d69b566979b86e28d23f2c7"';

test('an object comes back with all that was said about it', async () => {
  const put = await ask('PUT', '/box/whole', {
    body,
    headers: {
      'content-type': 'text/plain',
      'cache-control': 'max-age=5',
      'content-disposition': 'attachment',
      'content-encoding': 'gzip,aws-chunked',
      'content-language': 'de',
      expires: 'Wed, 21 Oct 2026 07:28:00 GMT',
      'x-amz-meta-color': 'blue',
      'x-amz-meta-empty': '',
      'x-amz-storage-class': 'STANDARD_IA',
      'x-amz-tagging': 'a=1&b%20c=2%2B',
      'x-amz-website-redirect-location': '/elsewhere',
      'x-amz-checksum-sha256': 'hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII=',
    },
  });
  assert.equal(put.status, 200, put.text);
  assert.equal(put.headers.get('etag'), etag);
  assert.equal(put.headers.get('x-amz-checksum-type'), 'FULL_OBJECT');
  for (const method of ['GET', 'HEAD']) {
    const got = await ask(method, '/box/whole', { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
    assert.equal(got.text, method === 'GET' ? body : '');
    const { 'x-amz-request-id': _, ...headers } = Object.fromEntries(got.headers);
    assert.deepEqual(headers, {
      'accept-ranges': 'bytes',
      'cache-control': 'max-age=5',
      'content-disposition': 'attachment',
      'content-encoding': 'gzip',
      'content-language': 'de',
      'content-length': '10',
      'content-type': 'text/plain',
      date: new Date(now).toUTCString(),
      etag,
      expires: 'Wed, 21 Oct 2026 07:28:00 GMT',
      'last-modified': new Date(now).toUTCString(),
      'x-amz-checksum-sha256': 'hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII=',
      'x-amz-checksum-type': 'FULL_OBJECT',
      'x-amz-id-2': 'minis3',
      'x-amz-meta-color': 'blue',
      'x-amz-meta-empty': '',
      'x-amz-storage-class': 'STANDARD_IA',
      'x-amz-tagging-count': '2',
      'x-amz-website-redirect-location': '/elsewhere',
    });
  }
  const plain = await ask('HEAD', '/box/whole');
  assert.equal(plain.headers.get('x-amz-checksum-sha256'), null);
});

test('an upload that says nothing has a default type, and replaces all that was said before', async () => {
  await ask('PUT', '/box/plain', { body: 'a', headers: { 'x-amz-meta-a': 'b', 'content-type': 'a/b' } });
  await ask('PUT', '/box/plain', { body: '' });
  const { headers, status } = await ask('GET', '/box/plain');
  assert.deepEqual(
    [status, headers.get('content-type'), headers.get('content-length'), headers.get('x-amz-meta-a')],
    [200, 'binary/octet-stream', '0', null],
  );
});

const ranges: [range: string, status: number, text: string, contentRange: string | null][] = [
  ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
  ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
  ['bytes=-3', 206, '789', 'bytes 7-9/10'],
  ['bytes=-100', 206, body, 'bytes 0-9/10'],
  ['bytes=0-100', 206, body, 'bytes 0-9/10'],
  ['bytes=9-9', 206, '9', 'bytes 9-9/10'],
  ['bytes=3-1', 200, body, null],
  ['bytes=0-1,3-4', 200, body, null],
  ['bytes=a-b', 200, body, null],
  ['bytes=-', 200, body, null],
  ['lines=0-1', 200, body, null],
];

test('ranges', async () => {
  await ask('PUT', '/box/range', { body });
  for (const [range, status, text, contentRange] of ranges) {
    const got = await ask('GET', '/box/range', { headers: { range } });
    assert.deepEqual(
      [got.status, got.text, got.headers.get('content-range')],
      [status, text, contentRange],
      range,
    );
    assert.equal(got.headers.get('content-length'), String(text.length), range);
    const head = await ask('HEAD', '/box/range', { headers: { range } });
    assert.deepEqual([head.status, head.headers.get('content-range')], [status, contentRange], range);
  }
  for (const [key, range] of [
    ['range', 'bytes=10-'],
    ['range', 'bytes=-0'],
    ['plain', 'bytes=0-'],
    ['plain', 'bytes=-1'],
  ]) {
    const got = await ask('GET', `/box/${key}`, { headers: { range: range! } });
    assert.deepEqual([got.status, got.xml('Code')], [416, 'InvalidRange'], range);
    assert.equal(got.xml('ActualObjectSize'), key === 'plain' ? '0' : '10');
  }
  const current = await ask('GET', '/box/range', { headers: { range: 'bytes=1-', 'if-range': etag } });
  assert.equal(current.status, 206);
  const changed = await ask('GET', '/box/range', { headers: { range: 'bytes=1-', 'if-range': '"old"' } });
  assert.deepEqual([changed.status, changed.text], [200, body]);
});

test('part numbers of an object that has none', async () => {
  const first = await ask('GET', '/box/range', { query: { partNumber: '1' } });
  assert.deepEqual([first.status, first.headers.get('content-range')], [206, 'bytes 0-9/10']);
  const cases: [Asked, number, string][] = [
    [{ query: { partNumber: '2' } }, 416, 'InvalidPartNumber'],
    [{ query: { partNumber: '0' } }, 400, 'InvalidArgument'],
    [{ query: { partNumber: '1' }, headers: { range: 'bytes=0-1' } }, 400, 'InvalidRequest'],
  ];
  for (const [asked, status, code] of cases) {
    const got = await ask('GET', '/box/range', asked);
    assert.deepEqual([got.status, got.xml('Code')], [status, code]);
  }
});

const same = new Date(now).toUTCString();
const before = new Date(now - 1000).toUTCString();
const readConditions: [headers: Record<string, string>, status: number][] = [
  [{ 'if-match': etag }, 200],
  [{ 'if-match': `"a", ${etag}` }, 200],
  [{ 'if-match': '*' }, 200],
  [{ 'if-match': '"a"' }, 412],
  [{ 'if-none-match': etag }, 304],
  [{ 'if-none-match': `W/${etag}` }, 304],
  [{ 'if-none-match': '*' }, 304],
  [{ 'if-none-match': '"a"' }, 200],
  [{ 'if-modified-since': same }, 304],
  [{ 'if-modified-since': before }, 200],
  [{ 'if-modified-since': 'never' }, 200],
  [{ 'if-unmodified-since': same }, 200],
  [{ 'if-unmodified-since': before }, 412],
  [{ 'if-unmodified-since': 'never' }, 200],
  [{ 'if-match': etag, 'if-unmodified-since': before }, 200],
  [{ 'if-none-match': '"a"', 'if-modified-since': same }, 200],
  [{ 'if-match': '"a"', 'if-none-match': etag }, 412],
];

test('conditions on reads', async () => {
  for (const [headers, status] of readConditions) {
    for (const method of ['GET', 'HEAD']) {
      const got = await ask(method, '/box/range', { headers });
      assert.equal(got.status, status, JSON.stringify(headers));
      if (status !== 412) assert.equal(got.headers.get('etag'), etag);
    }
  }
});

test('conditions on writes and deletes', async () => {
  const none = { 'if-none-match': '*' };
  const put = (headers: Record<string, string>, text = body) =>
    ask('PUT', '/box/once', { body: text, headers });
  const outcome = async (answer: ReturnType<typeof ask>) => [
    (await answer).status,
    (await answer).xml('Code'),
  ];
  assert.deepEqual(await outcome(put({ 'if-match': etag })), [404, 'NoSuchKey']);
  assert.deepEqual(await outcome(put(none)), [200, undefined]);
  assert.deepEqual(await outcome(put(none, 'x')), [412, 'PreconditionFailed']);
  assert.deepEqual(await outcome(put({ 'if-match': '"a"' }, 'x')), [412, 'PreconditionFailed']);
  assert.equal((await ask('GET', '/box/once')).text, body);
  assert.deepEqual(await outcome(put({ 'if-match': etag })), [200, undefined]);
  for (const headers of [{ 'if-match': '*' }, { 'if-none-match': etag }, { ...none, 'if-match': etag }]) {
    assert.deepEqual(await outcome(put(headers)), [501, 'NotImplemented']);
  }
  const remove = (ifMatch: string) => ask('DELETE', '/box/once', { headers: { 'if-match': ifMatch } });
  assert.deepEqual(await outcome(remove('"a"')), [412, 'PreconditionFailed']);
  assert.equal((await remove(etag)).status, 204);
  assert.deepEqual(await outcome(remove('*')), [412, 'PreconditionFailed']);
  assert.equal((await ask('DELETE', '/box/once')).status, 204);
  assert.equal((await ask('HEAD', '/box/once')).status, 404);
});

test('of many writers on the condition that there is nothing yet, one succeeds', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      ask('PUT', '/box/race', { body: `writer ${i}`, headers: { 'if-none-match': '*' } }),
    ),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ status }) => status === 412).length, 7);
});

test('overrides of response headers, for signed requests only', async () => {
  const query = { 'response-content-type': 'text/html', 'response-content-disposition': 'a; filename="ä"' };
  for (const signing of ['v4', 'presigned v4', 'v2'] as const) {
    const got = await ask('GET', '/box/whole', { query, signing });
    assert.equal(got.headers.get('content-type'), 'text/html');
    assert.equal(
      Buffer.from(got.headers.get('content-disposition')!, 'latin1').toString(),
      'a; filename="ä"',
    );
    assert.equal(got.headers.get('content-language'), 'de');
  }
  const split = await ask('GET', '/box/whole', { query: { 'response-content-type': 'a\r\nset-cookie: b' } });
  assert.deepEqual([split.status, split.xml('Code')], [400, 'InvalidArgument']);
  await ask('PUT', '/box/public', { body, headers: { 'x-amz-acl': 'public-read' } });
  const anonymous = await ask('GET', '/box/public', { query, user: undefined });
  assert.deepEqual([anonymous.status, anonymous.xml('Code')], [400, 'InvalidRequest']);
});

test('keys are exact, whatever they hold', async () => {
  const keys = [
    ...['a//b', '/lead', 'a/b/', '%2F', '%', 'a+b', 'a b', '?', '#', '&=', '"\'<>', '😀', 'é', 'e\u0301'],
    ...['\n', '\r', '\x01', '\t', '\x7f', '\uffff', '\\', ';', '~!*()', 'x'.repeat(1024), 'ö'.repeat(512)],
  ];
  for (const key of keys) assert.equal((await ask('PUT', `/box/${key}`, { body: key })).status, 200, key);
  for (const key of keys) assert.equal((await ask('GET', `/box/${key}`)).text, key);
  const listed = await ask('GET', '/box', { query: { 'encoding-type': 'url' } });
  const decoded = listed.all('Key').map((key) => decodeURIComponent(key.replaceAll('+', '%20')));
  for (const key of keys) assert.ok(decoded.includes(key), key);
  const long = await ask('PUT', `/box/${'ö'.repeat(512)}x`, { body });
  assert.deepEqual([long.status, long.xml('Code')], [400, 'KeyTooLongError']);
  for (const path of ['/box/%FF', '/box/%C3', '/box/%zz', '/box/%']) {
    const answer = await server.fetch(new Request(`http://localhost${path}`));
    assert.equal(answer.status, 400, path);
    assert.match(await answer.text(), /<Code>InvalidURI</);
  }
});

const refusedUploads: [title: string, headers: Record<string, string>, code: string][] = [
  ['metadata over 2 KB', { 'x-amz-meta-a': 'x'.repeat(2048) }, 'MetadataTooLarge'],
  ['headers over 8 KB', { 'x-amz-meta-a': 'x'.repeat(8192) }, 'RequestHeaderSectionTooLarge'],
  ['an unknown storage class', { 'x-amz-storage-class': 'COLD' }, 'InvalidStorageClass'],
  ['an unknown ACL', { 'x-amz-acl': 'public' }, 'InvalidArgument'],
  ['eleven tags', { 'x-amz-tagging': 'a&b&c&d&e&f&g&h&i&j&k' }, 'InvalidTag'],
  ['a tag twice', { 'x-amz-tagging': 'a=1&a=2' }, 'InvalidTag'],
  ['a malformed tag', { 'x-amz-tagging': 'a=%zz' }, 'InvalidArgument'],
  ['encryption', { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }, 'NotImplemented'],
  ['object lock', { 'x-amz-object-lock-mode': 'GOVERNANCE' }, 'NotImplemented'],
  ['grants', { 'x-amz-grant-read': 'id=a' }, 'NotImplemented'],
  ['another owner expected', { 'x-amz-expected-bucket-owner': 'bob' }, 'AccessDenied'],
  ['more than 5 GiB', { 'content-length': '5368709121' }, 'EntityTooLarge'],
];

for (const [title, headers, code] of refusedUploads) {
  test(`an upload refused: ${title}`, async () => {
    const answer = await ask('PUT', '/box/refused', { body, headers });
    assert.equal(answer.xml('Code'), code, answer.text);
    assert.equal((await ask('HEAD', '/box/refused')).status, 404);
  });
}

test('deleting many', async () => {
  for (const key of ['m1', 'm2', 'm<3>', 'm4']) await ask('PUT', `/box/${key}`, { body });
  const digest = { 'x-amz-sdk-checksum-algorithm': 'CRC32' };
  const remove = async (xml: string, headers?: Record<string, string>) =>
    ask('POST', '/box', {
      query: { delete: '' },
      body: xml,
      headers: headers ?? { 'content-md5': md5(xml) },
    });
  const some = await remove(
    '<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>m1</Key></Object>' +
      '<Object><Key>m&lt;3&gt;</Key></Object><Object><Key>not there</Key></Object>' +
      '<Object><Key>m4</Key><ETag>"other"</ETag></Object><Object><Key>m2</Key><VersionId>v1</VersionId></Object></Delete>',
  );
  assert.deepEqual([some.status, some.all('Key')], [200, ['m1', 'm&lt;3&gt;', 'not there', 'm4', 'm2']]);
  assert.deepEqual(some.all('Code'), ['PreconditionFailed', 'NoSuchVersion']);
  const quiet = await remove('<Delete><Quiet>true</Quiet><Object><Key>m2</Key></Object></Delete>');
  assert.ok(!quiet.text.includes('Deleted'));
  assert.equal((await ask('HEAD', '/box/m2')).status, 404);
  assert.equal((await ask('HEAD', '/box/m4')).status, 200);
  const object = '<Object><Key>m4</Key></Object>';
  const cases: [string, Record<string, string> | undefined, string][] = [
    [`<Delete>${object}</Delete>`, {}, 'InvalidRequest'],
    [`<Delete>${object}</Delete>`, digest, 'InvalidRequest'],
    [`<Delete>${object}</Delete>`, { 'content-md5': md5('') }, 'BadDigest'],
    ['<Delete></Delete>', undefined, 'MalformedXML'],
    [`<Delete>${object.repeat(1001)}</Delete>`, undefined, 'MalformedXML'],
    [`<Other>${object}</Other>`, undefined, 'MalformedXML'],
    [`<!DOCTYPE a><Delete>${object}</Delete>`, undefined, 'MalformedXML'],
    [`<Delete>${object}`, undefined, 'MalformedXML'],
    ['', undefined, 'MalformedXML'],
    ['<Delete><Object></Object></Delete>', undefined, 'MalformedXML'],
  ];
  for (const [xml, headers, code] of cases) assert.equal((await remove(xml, headers)).xml('Code'), code, xml);
  assert.equal((await ask('HEAD', '/box/m4')).status, 200);
});

test('tags', async () => {
  const put = (xml: string) => ask('PUT', '/box/whole', { query: { tagging: '' }, body: xml });
  const tag = (key: string) => `<Tag><Key>${key}</Key><Value>v&amp;</Value></Tag>`;
  assert.deepEqual((await ask('GET', '/box/whole', { query: { tagging: '' } })).all('Value'), ['1', '2+']);
  assert.equal((await put(`<Tagging><TagSet>${tag('x')}${tag('y')}</TagSet></Tagging>`)).status, 200);
  const got = await ask('GET', '/box/whole', { query: { tagging: '' } });
  assert.deepEqual(
    [got.all('Key'), got.all('Value')],
    [
      ['x', 'y'],
      ['v&amp;', 'v&amp;'],
    ],
  );
  assert.equal((await put(`<Tagging><TagSet>${tag('aws:x')}</TagSet></Tagging>`)).xml('Code'), 'InvalidTag');
  assert.equal((await put(`<Tagging>${tag('x')}</Tagging>`)).xml('Code'), 'MalformedXML');
  assert.equal((await ask('DELETE', '/box/whole', { query: { tagging: '' } })).status, 204);
  assert.deepEqual((await ask('GET', '/box/whole', { query: { tagging: '' } })).all('Key'), []);
  const missing = await ask('GET', '/box/nothing', { query: { tagging: '' } });
  assert.deepEqual([missing.status, missing.xml('Code')], [404, 'NoSuchKey']);
});

test('who may do what: canned ACLs', async () => {
  const status = async (method: string, path: string, asked: Asked) =>
    (await ask(method, path, asked)).status;
  const nobody = { user: undefined };
  await ask('PUT', '/box/acl', { body });
  assert.equal(await status('GET', '/box/acl', { user: bob }), 403);
  assert.equal(await status('GET', '/box/missing', { user: bob }), 403, 'what is missing is not told');
  const grant = (acl: string) =>
    ask('PUT', '/box/acl', { query: { acl: '' }, headers: { 'x-amz-acl': acl } });
  await grant('authenticated-read');
  assert.deepEqual(
    [await status('GET', '/box/acl', { user: bob }), await status('GET', '/box/acl', nobody)],
    [200, 403],
  );
  await grant('public-read');
  assert.equal(await status('GET', '/box/acl', nobody), 200);
  assert.equal(await status('GET', '/box/acl', { ...nobody, query: { acl: '' } }), 403);
  assert.equal(await status('PUT', '/box/acl', { ...nobody, body }), 403);
  const acl = await ask('GET', '/box/acl', { query: { acl: '' } });
  assert.deepEqual(acl.all('Permission'), ['FULL_CONTROL', 'READ']);
  assert.deepEqual(acl.all('URI'), ['http://acs.amazonaws.com/groups/global/AllUsers']);
  assert.equal((await ask('PUT', '/box/acl', { query: { acl: '' } })).xml('Code'), 'MissingSecurityHeader');

  await ask('PUT', '/open-box', { headers: { 'x-amz-acl': 'public-read-write' } });
  assert.deepEqual((await ask('GET', '/open-box', { query: { acl: '' } })).all('Permission'), [
    'FULL_CONTROL',
    'READ',
    'WRITE',
  ]);
  assert.equal(await status('PUT', '/open-box/bobs', { user: bob, body }), 200);
  assert.equal(
    await status('GET', '/open-box/bobs', {}),
    403,
    'the owner of the bucket does not own the object',
  );
  await ask('PUT', '/open-box/bobs', { user: bob, body, headers: { 'x-amz-acl': 'bucket-owner-read' } });
  assert.equal(await status('GET', '/open-box/bobs', { user: alice }), 200);
  assert.equal(await status('PUT', '/open-box/anyones', { ...nobody, body }), 200);
  assert.equal(await status('GET', '/open-box', nobody), 200);
  assert.equal(await status('DELETE', '/open-box', { user: bob }), 403);
  await ask('PUT', '/open-box', { query: { acl: '' }, headers: { 'x-amz-acl': 'private' } });
  assert.equal(await status('GET', '/open-box', { user: bob }), 403);
});

function md5(text: string): string {
  return createHash('md5').update(text).digest('base64');
}
