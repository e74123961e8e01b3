import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import {
  type Asked,
  alice,
  answerOf,
  bob,
  type Harness,
  now,
  sign,
  signedRequest,
  startHarness,
} from './s3-harness.ts';

const { server, ask }: Harness = await startHarness();
await ask('PUT', '/box/hello', { body: 'hello' });

for (const signing of ['v4', 'presigned v4', 'v2', 'presigned v2'] as const) {
  test(`${signing}: a good signature, and each way to spoil it`, async () => {
    assert.equal((await ask('GET', '/box/hello', { signing })).text, 'hello');
    const missing = await ask('GET', '/box/hello', { signing, user: { ...alice, accessKey: 'nobody' } });
    assert.deepEqual([missing.status, missing.xml('Code')], [403, 'InvalidAccessKeyId']);
    const wrong = await ask('GET', '/box/hello', { signing, user: { ...alice, secretKey: 'wrong' } });
    assert.deepEqual([wrong.status, wrong.xml('Code')], [403, 'SignatureDoesNotMatch']);
    assert.ok(!wrong.text.includes(alice.secretKey));

    const later: Record<typeof signing, (url: URL, headers: Headers) => void> = {
      v4: (_, headers) => headers.set('x-amz-date', '20261122T120001Z'),
      'presigned v4': (url) => url.searchParams.set('X-Amz-Expires', '601'),
      v2: (_, headers) => headers.set('x-amz-date', 'Sun, 22 Nov 2026 12:00:01 GMT'),
      'presigned v2': (url) => url.searchParams.set('Expires', String(now / 1000 + 601)),
    };
    const tamperings: [string, (url: URL, headers: Headers) => void, method?: string][] = [
      ['method', () => {}, 'DELETE'],
      ['path', (url) => Object.assign(url, { pathname: '/box/other' })],
      ['sub-resource', (url) => url.searchParams.append('tagging', '')],
      ['override', (url) => url.searchParams.append('response-content-type', 'text/html')],
      ['time', later[signing]],
    ];
    for (const [what, tamper, method = 'GET'] of tamperings) {
      const request = signedRequest('GET', '/box/hello', { signing });
      const url = new URL(request.url);
      const headers = new Headers(request.headers);
      tamper(url, headers);
      const answer = await answerOf(await server.fetch(new Request(url, { method, headers })));
      assert.equal(answer.xml('Code'), 'SignatureDoesNotMatch', what);
    }
  });
}

const refusals: { title: string; asked: Asked; status: number; code: string; field?: [string, string] }[] = [
  {
    title: 'anonymous',
    asked: { user: undefined },
    status: 403,
    code: 'AccessDenied',
  },
  {
    title: 'wrong region',
    asked: { region: 'eu-west-1' },
    status: 400,
    code: 'AuthorizationHeaderMalformed',
    field: ['Region', 'us-east-1'],
  },
  {
    title: 'wrong region, presigned',
    asked: { region: 'eu-west-1', signing: 'presigned v4' },
    status: 400,
    code: 'AuthorizationQueryParametersError',
  },
  {
    title: 'sixteen minutes behind',
    asked: { at: now - 960_000 },
    status: 403,
    code: 'RequestTimeTooSkewed',
    field: ['ServerTime', '2026-11-22T12:00:00Z'],
  },
  { title: 'sixteen minutes ahead', asked: { at: now + 960_000 }, status: 403, code: 'RequestTimeTooSkewed' },
  {
    title: 'v2, behind',
    asked: { at: now - 960_000, signing: 'v2' },
    status: 403,
    code: 'RequestTimeTooSkewed',
  },
  {
    title: 'presigned and expired',
    asked: { at: now - 600_000, signing: 'presigned v4' },
    status: 403,
    code: 'AccessDenied',
    field: ['X-Amz-Expires', '600'],
  },
  {
    title: 'presigned v2 and expired',
    asked: { at: now - 600_000, signing: 'presigned v2' },
    status: 403,
    code: 'AccessDenied',
  },
  {
    title: 'a session token',
    asked: { headers: { 'x-amz-security-token': 'token' } },
    status: 400,
    code: 'InvalidToken',
  },
  {
    title: 'an unknown kind of authorization',
    asked: { user: undefined, headers: { authorization: 'Bearer abc' } },
    status: 400,
    code: 'InvalidArgument',
  },
  {
    title: 'two kinds at once',
    asked: { signing: 'presigned v4', headers: { authorization: 'AWS alice-key:abc' } },
    status: 400,
    code: 'InvalidArgument',
  },
];

for (const { title, asked, status, code, field } of refusals) {
  test(`refused: ${title}`, async () => {
    const answer = await ask('GET', '/box/hello', asked);
    assert.deepEqual([answer.status, answer.xml('Code')], [status, code]);
    if (field) assert.equal(answer.xml(field[0]), field[1]);
    assert.match(answer.headers.get('x-amz-request-id')!, /^[0-9A-F]{16}$/);
    assert.equal(answer.xml('RequestId'), answer.headers.get('x-amz-request-id'));
  });
}

test('an unsigned x-amz- header is refused', async () => {
  const request = signedRequest('PUT', '/box/unsigned', { body: 'x' });
  request.headers.set('x-amz-acl', 'public-read');
  const answer = await answerOf(await server.fetch(request));
  assert.deepEqual([answer.status, answer.xml('Code')], [403, 'AccessDenied']);
  assert.equal(answer.xml('HeadersNotSigned'), 'x-amz-acl');
  assert.equal((await ask('HEAD', '/box/unsigned')).status, 404);
});

test('a HEAD that is refused has a status, the region, and no body', async () => {
  const answer = await ask('HEAD', '/box/hello', { region: 'eu-west-1' });
  assert.deepEqual([answer.status, answer.text], [400, '']);
  assert.equal(answer.headers.get('x-amz-bucket-region'), 'us-east-1');
});

test('the AWS SDK signer is understood, also in the query with headers hoisted into it', async () => {
  const signer = new SignatureV4({
    service: 's3',
    region: 'us-east-1',
    credentials: { accessKeyId: alice.accessKey, secretAccessKey: alice.secretKey },
    sha256: Sha256,
    uriEscapePath: false,
  });
  const unsigned = {
    method: 'PUT',
    protocol: 'http:',
    hostname: 'localhost',
    path: '/box/a%20b%2Bc',
    query: {},
    headers: { host: 'localhost', 'x-amz-meta-color': 'blue', 'x-amz-acl': 'public-read' },
  };
  const signed = await signer.sign({ ...unsigned, body: 'in the header' }, { signingDate: new Date(now) });
  const { host: _, ...headers } = signed.headers;
  const put = await server.fetch(
    new Request(`http://localhost${signed.path}`, { method: 'PUT', headers, body: 'in the header' }),
  );
  assert.equal(put.status, 200);
  assert.equal((await ask('GET', '/box/a b+c')).text, 'in the header');

  // As the SDK's presigner has it.
  const unhashed = {
    ...unsigned,
    headers: { ...unsigned.headers, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
  };
  const presigned = await signer.presign(unhashed, { signingDate: new Date(now), expiresIn: 60 });
  assert.ok('x-amz-meta-color' in presigned.query!);
  const url = `http://localhost${presigned.path}?${new URLSearchParams(presigned.query as Record<string, string>)}`;
  assert.equal((await server.fetch(new Request(url, { method: 'PUT', body: 'hoisted' }))).status, 200);
  const anonymous = await answerOf(await server.fetch(new Request('http://localhost/box/a%20b%2Bc')));
  assert.equal(anonymous.text, 'hoisted');
  assert.equal(anonymous.headers.get('x-amz-meta-color'), 'blue');
  const conflicting = new Request(url, { method: 'PUT', body: 'x', headers: { 'x-amz-acl': 'private' } });
  assert.equal((await server.fetch(conflicting)).status, 403);
});

test('a parameter cannot be smuggled in beside the one that was signed', async () => {
  for (const signing of ['presigned v4', 'presigned v2'] as const) {
    const query = { 'x-amz-acl': 'private' };
    const signed = signedRequest('PUT', '/box/smuggled', { signing, query, body: 'x' });
    for (const name of ['x-amz-acl', 'X-Amz-Acl']) {
      const url = signed.url.replace('?', `?${name}=public-read&`);
      const answer = await server.fetch(new Request(url, { method: 'PUT', body: Buffer.from('x') }));
      assert.ok([400, 403].includes(answer.status), `${signing} ${name}`);
    }
    assert.equal((await server.fetch(signed)).status, 200);
  }
});

test('virtual hosts: the bucket in the host name, for both signatures', async () => {
  for (const domain of ['s3.localhost:9000', 'localhost:9000']) {
    const host = `box.${domain}`;
    for (const signing of ['v4', 'presigned v4'] as const) {
      assert.equal((await ask('GET', '/hello', { host, signing })).text, 'hello');
    }
    assert.equal((await ask('GET', '/', { host })).xml('Name'), 'box');
  }
  const { headers } = sign('GET', '/box/hello', { signing: 'v2', host: 'box.s3.localhost' });
  delete headers['host'];
  const v2 = await server.fetch(new Request('http://box.s3.localhost/hello', { headers }));
  assert.equal(v2.status, 200);
  assert.equal((await ask('GET', '/box/hello', { host: '127.0.0.1:9000' })).text, 'hello');
});

test('body hash, lengths and digests', async () => {
  const wrong = '0'.repeat(64);
  const md5 = 'XUFAKrxLKna5cZ2REBfFkg==';
  const cases: [title: string, asked: Asked, code: string | undefined][] = [
    ['right MD5', { headers: { 'content-md5': md5 } }, undefined],
    ['wrong SHA-256', { payloadHash: wrong }, 'XAmzContentSHA256Mismatch'],
    ['malformed SHA-256', { payloadHash: 'sha' }, 'InvalidArgument'],
    ['unsigned payload', { payloadHash: 'UNSIGNED-PAYLOAD' }, undefined],
    [
      'wrong SHA-256 with v2',
      { signing: 'v2', headers: { 'x-amz-content-sha256': wrong } },
      'XAmzContentSHA256Mismatch',
    ],
    ['wrong MD5', { headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' } }, 'BadDigest'],
    ['short MD5', { headers: { 'content-md5': 'AAAA' } }, 'InvalidDigest'],
    ['no base64', { headers: { 'content-md5': 'what?' } }, 'InvalidDigest'],
    ['too short', { headers: { 'content-length': '6' } }, 'IncompleteBody'],
    ['too long', { headers: { 'content-length': '4' } }, 'IncompleteBody'],
    ['right CRC32', { headers: { 'x-amz-checksum-crc32': 'NhCmhg==' } }, undefined],
    ['wrong CRC32', { headers: { 'x-amz-checksum-crc32': 'NhCmhA==' } }, 'BadDigest'],
    ['malformed CRC32', { headers: { 'x-amz-checksum-crc32': 'NhCm' } }, 'InvalidRequest'],
    [
      'two checksums',
      { headers: { 'x-amz-checksum-crc32': 'NhCmhg==', 'x-amz-checksum-crc32c': 'mnG7TA==' } },
      'InvalidRequest',
    ],
    ['a hint without checksum', { headers: { 'x-amz-sdk-checksum-algorithm': 'CRC32' } }, 'InvalidRequest'],
    [
      'a checksum not known here',
      { headers: { 'x-amz-checksum-xxhash64': 'AAAAAAAAAAA=' } },
      'NotImplemented',
    ],
  ];
  for (const [title, asked, code] of cases) {
    await ask('DELETE', '/box/body');
    const answer = await ask('PUT', '/box/body', { ...asked, body: 'hello' });
    assert.equal(answer.xml('Code'), code, title);
    assert.equal((await ask('HEAD', '/box/body')).status, code === undefined ? 200 : 404, title);
  }
});

test('the log has what was asked, of whom, and the answer', async () => {
  await ask('GET', '/box/hello', { user: bob });
  const entry = server.requests.at(-1)!;
  assert.deepEqual(entry, {
    method: 'GET',
    operation: 'GetObject',
    bucket: 'box',
    key: 'hello',
    status: 403,
    accessKeyId: 'bob-key',
    error: undefined,
  });
  for (let i = 0; i < 1100; i++) await server.fetch(new Request('http://localhost/'));
  assert.equal(server.requests.length, 1000);
});
