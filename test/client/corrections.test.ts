import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get } from '../../src/client/get.ts';
import { headObject } from '../../src/client/head.ts';
import type { Credentials } from '../../src/http/credentials.ts';
import type { S3Error } from '../../src/protocol/error.ts';
import { type Answer, errorXml, put, scriptedSender } from '../support/scripted-transport.ts';

const ok: Answer = { headers: { etag: '"e"' } };
const local = { endpoint: 'http://localhost:9000' };

/** A stream that can be read once. */
function once(text: string): ReadableStream<Uint8Array> {
  return new Blob([text]).stream();
}

// The fake clock stands at 2026-01-02 03:04:05 UTC.
const inAnHour = 'Fri, 02 Jan 2026 04:04:05 GMT';

for (const [status, code] of [
  [403, 'RequestTimeTooSkewed'],
  [403, 'SignatureDoesNotMatch'],
  [403, 'AccessDenied'],
] as const) {
  test(`${code} from a server whose clock is an hour ahead: signed for that hour, then and later`, async () => {
    const refusal = { status, body: errorXml(code), headers: { date: inAnHour } };
    const { sender, requests, clock } = scriptedSender([refusal, ok, ok]);
    await get(sender, 'k', {});
    await get(sender, 'k', {});
    assert.deepEqual(
      requests.map(({ headers }) => headers['x-amz-date']),
      ['20260102T030405Z', '20260102T040405Z', '20260102T040405Z'],
    );
    assert.deepEqual(clock.sleeps, []);
  });
}

test('a HEAD, whose refusal has no body, corrects the clock as well', async () => {
  const { sender, requests } = scriptedSender([{ status: 403, headers: { date: inAnHour } }, ok]);
  await headObject(sender, 'k', {});
  assert.equal(requests[1]?.headers['x-amz-date'], '20260102T040405Z');
});

test('the clock is corrected once a call, and not for less than four minutes', async () => {
  const refusal = { status: 403, body: errorXml('RequestTimeTooSkewed'), headers: { date: inAnHour } };
  const twice = scriptedSender([refusal, { ...refusal, headers: { date: 'Fri, 02 Jan 2026 09:04:05 GMT' } }]);
  await assert.rejects(get(twice.sender, 'k', {}), { code: 'RequestTimeTooSkewed', attempts: 2 });
  const little = { ...refusal, headers: { date: 'Fri, 02 Jan 2026 03:08:04 GMT' } };
  for (const answer of [little, { ...refusal, headers: {} }, { ...refusal, headers: { date: 'today' } }]) {
    const { sender, requests } = scriptedSender([answer]);
    await assert.rejects(get(sender, 'k', {}), { code: 'RequestTimeTooSkewed', attempts: 1 });
    assert.equal(requests.length, 1);
  }
});

for (const code of ['ExpiredToken', 'ExpiredTokenException', 'InvalidToken', 'TokenRefreshRequired']) {
  test(`${code}: the provider is asked again, once`, async () => {
    const asked: unknown[] = [];
    const credentials = (properties: unknown): Credentials => {
      asked.push(properties);
      return { accessKeyId: `AK${asked.length}`, secretAccessKey: 's', sessionToken: `T${asked.length}` };
    };
    const refusal = { status: 400, body: errorXml(code) };
    const { sender, requests } = scriptedSender([refusal, ok, ok, refusal, refusal], { credentials });
    await get(sender, 'k', {});
    await get(sender, 'k', {});
    assert.deepEqual(asked, [undefined, { forceRefresh: true }]);
    assert.deepEqual(
      requests.map(({ headers }) => headers['x-amz-security-token']),
      ['T1', 'T2', 'T2'],
    );
    await assert.rejects(get(sender, 'k', {}), { code, attempts: 2 });
    assert.equal(asked.length, 3);
  });
}

test('credentials that stay are not sent again after ExpiredToken', async () => {
  const { sender, requests } = scriptedSender([{ status: 400, body: errorXml('ExpiredToken') }]);
  await assert.rejects(get(sender, 'k', {}), { code: 'ExpiredToken' });
  assert.equal(requests.length, 1);
});

const elsewhere: [name: string, Answer][] = [
  ['301 with a header', { status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } }],
  ['301 with a body', { status: 301, body: errorXml('PermanentRedirect', '<Region>eu-west-1</Region>') }],
  [
    '400 with a body',
    { status: 400, body: errorXml('AuthorizationHeaderMalformed', '<Region>eu-west-1</Region>') },
  ],
  ['400 with a header', { status: 400, headers: { 'x-amz-bucket-region': 'eu-west-1' } }],
];
for (const [name, answer] of elsewhere) {
  test(`the region is learned from ${name}, and kept for that bucket`, async () => {
    const { sender, requests } = scriptedSender([answer, ok, ok, ok]);
    await get(sender, 'k', {});
    await get(sender, 'k', {});
    await get(sender, 'k', { bucket: 'other' });
    assert.deepEqual(
      requests.map(({ hostname }) => hostname),
      [
        'bkt.s3.amazonaws.com',
        'bkt.s3.eu-west-1.amazonaws.com',
        'bkt.s3.eu-west-1.amazonaws.com',
        'other.s3.amazonaws.com',
      ],
    );
    assert.match(requests[0]?.headers['authorization'] ?? '', /\/us-east-1\/s3\//);
    assert.match(requests[1]?.headers['authorization'] ?? '', /\/eu-west-1\/s3\//);
    assert.equal(requests[1]?.headers['host'], 'bkt.s3.eu-west-1.amazonaws.com');
  });
}

test('servers elsewhere keep their host: only the region signed for changes', async () => {
  const { sender, requests } = scriptedSender([elsewhere[2]![1], ok], local);
  await get(sender, 'k', {});
  assert.equal(requests[1]?.headers['host'], 'localhost:9000');
  assert.match(requests[1]?.headers['authorization'] ?? '', /\/eu-west-1\/s3\//);
});

test('a region is learned once a call, and only if it is one', async () => {
  const twice = scriptedSender([
    elsewhere[0]![1],
    { status: 301, headers: { 'x-amz-bucket-region': 'eu-west-2' } },
  ]);
  await assert.rejects(get(twice.sender, 'k', {}), { code: 'PermanentRedirect', region: 'eu-west-2' });
  for (const region of ['eu/evil.example', 'a b', 'eu-west-1.evil.example#', '']) {
    const { sender, requests } = scriptedSender([
      { status: 301, headers: { 'x-amz-bucket-region': region } },
    ]);
    await assert.rejects(get(sender, 'k', {}), { code: 'PermanentRedirect' });
    assert.equal(requests.length, 1);
  }
  const unknown = scriptedSender([{ status: 301 }]);
  await assert.rejects(get(unknown.sender, 'k', {}), { code: 'PermanentRedirect', status: 301 });
});

test('a stream that is spent teaches the region to the next call', async () => {
  const { sender, requests } = scriptedSender([elsewhere[0]![1], ok]);
  await assert.rejects(put(sender, 'k', once('body'), { contentLength: 4 }), (error: S3Error) => {
    assert.match(error.message, /The bucket is in region eu-west-1/);
    return error.region === 'eu-west-1';
  });
  await put(sender, 'k', once('body'), { contentLength: 4 });
  assert.equal(requests[1]?.hostname, 'bkt.s3.eu-west-1.amazonaws.com');
});

function redirect(location: string): Answer {
  return { status: 307, headers: { location }, body: errorXml('TemporaryRedirect') };
}

test('a 307 to another S3 host of AWS is followed, body and all, signed for that host', async () => {
  const host = 'bkt.s3-us-west-2.amazonaws.com';
  const { sender, requests } = scriptedSender([redirect(`https://${host}/a%20b`), ok, ok]);
  await put(sender, 'a b', 'body', {});
  assert.equal(requests[1]?.hostname, host);
  assert.equal(requests[1]?.headers['host'], host);
  assert.equal(requests[1]?.path, '/a%20b');
  assert.deepEqual(requests[1]?.body, requests[0]?.body);
  assert.notEqual(requests[1]?.headers['authorization'], requests[0]?.headers['authorization']);
  // It holds for that call alone.
  await get(sender, 'k', {});
  assert.equal(requests[2]?.hostname, 'bkt.s3.amazonaws.com');
});

test('a 307 within the domain of an endpoint elsewhere is followed', async () => {
  const { sender, requests } = scriptedSender([redirect('http://node2.storage.example:9000/bkt/k'), ok], {
    endpoint: 'http://storage.example:9000',
    pathStyle: true,
  });
  await get(sender, 'k', {});
  assert.equal(requests[1]?.headers['host'], 'node2.storage.example:9000');
  assert.equal(requests[1]?.port, 9000);
});

test('where a 307 led is kept when the answer there is to try again', async () => {
  const host = 'bkt.s3-us-west-2.amazonaws.com';
  const { sender, requests } = scriptedSender([redirect(`https://${host}/k`), { status: 503 }, ok]);
  await get(sender, 'k', {});
  assert.deepEqual(
    requests.map(({ hostname }) => hostname),
    ['bkt.s3.amazonaws.com', host, host],
  );
});

test('a region learned where a 307 led takes the place of that host', async () => {
  const { sender, requests } = scriptedSender([
    redirect('https://bkt.s3-us-west-2.amazonaws.com/k'),
    { status: 400, headers: { 'x-amz-bucket-region': 'us-west-2' } },
    ok,
  ]);
  await get(sender, 'k', {});
  assert.equal(requests[2]?.hostname, 'bkt.s3.us-west-2.amazonaws.com');
});

test('one 307 a call', async () => {
  const { sender, requests } = scriptedSender([
    redirect('https://bkt.s3-us-west-2.amazonaws.com/k'),
    redirect('https://bkt.s3.amazonaws.com/k'),
  ]);
  await assert.rejects(get(sender, 'k', {}), { code: 'TemporaryRedirect', attempts: 2 });
  assert.equal(requests.length, 2);
});

const refused: [name: string, location: string | undefined][] = [
  ['another domain', 'https://bkt.s3.evil.example/k'],
  ['a domain that ends alike', 'https://bkt.s3.evilamazonaws.com/k'],
  ['the domain as a part', 'https://s3.amazonaws.com.evil.example/k'],
  ["a host of AWS that may be anybody's", 'https://evil-1.us-east-1.elb.amazonaws.com/k'],
  ["one that looks like S3's", 'https://s3-evil-1.us-east-1.elb.amazonaws.com/k'],
  ['an API gateway', 'https://s3abcdefgh.execute-api.us-east-1.amazonaws.com/k'],
  ['plain HTTP', 'http://bkt.s3.amazonaws.com/k'],
  ['another port', 'https://bkt.s3.amazonaws.com:8443/k'],
  ['a user name', 'https://user@bkt.s3.amazonaws.com/k'],
  ['another key', 'https://bkt.s3-us-west-2.amazonaws.com/other'],
  ['the bucket in the path', 'https://s3-us-west-2.amazonaws.com/bkt/k'],
  ['no URL', '/k'],
  ['nowhere', undefined],
];
for (const [name, location] of refused) {
  test(`a 307 to ${name} is an error`, async () => {
    const answer = { status: 307, ...(location !== undefined && { headers: { location } }) };
    const { sender, requests } = scriptedSender([answer]);
    await assert.rejects(put(sender, 'k', 'body', {}), { code: 'TemporaryRedirect', status: 307 });
    assert.equal(requests.length, 1);
  });
}

test('other redirects are errors', async () => {
  for (const status of [300, 302, 303, 308]) {
    const headers = { location: 'https://bkt.s3-us-west-2.amazonaws.com/k' };
    const { sender, requests } = scriptedSender([{ status, headers }]);
    await assert.rejects(get(sender, 'k', {}), { code: `Http${status}`, status });
    assert.equal(requests.length, 1);
  }
});

test('corrections do not use up attempts, nor the budget', async () => {
  const { sender, requests } = scriptedSender([elsewhere[0]![1], ok], { retry: { attempts: 1, budget: 0 } });
  await get(sender, 'k', {});
  assert.equal(requests.length, 2);
});
