import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ConnectionOptions } from '../../src/client/options.ts';
import { type PresignOptions, presign, presignPost } from '../../src/client/presign.ts';
import { parseAmzDate } from '../../src/protocol/amz-date.ts';
import { decodeBase64 } from '../../src/protocol/base64.ts';
import { accessKey, errorXml, put, scriptedSender, secretKey } from '../support/scripted-transport.ts';

interface Vector {
  name: string;
  kind: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  region: string;
  date: string;
  request: {
    method: NonNullable<PresignOptions['method']>;
    scheme: string;
    host: string;
    rawPath: string;
    query: [string, string][];
    headers: [string, string][];
  };
  expires: number;
  expected: { url: string };
}

const vectors: Record<'docExamples' | 'derived', Vector[]> = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/sigv4-s3.json', import.meta.url), 'utf8'),
);

for (const vector of [...vectors.docExamples, ...vectors.derived].filter(({ kind }) => kind === 'presign')) {
  test(`published: ${vector.name}`, async () => {
    const { host, scheme, rawPath, method, query, headers } = vector.request;
    // Virtual hosts of AWS, or an address with the bucket in the path.
    const aws = /^(\w+)\.(s3.*)$/.exec(host);
    const [bucket, key] = aws ? [aws[1], rawPath.slice(1)] : rawPath.slice(1).split(/\/(.*)/);
    const { sender, clock } = scriptedSender([], {
      credentials: vector.credentials,
      region: vector.region,
      endpoint: `${scheme}://${aws?.[2] ?? host}`,
    });
    clock.advance(parseAmzDate(vector.date)! - clock.now());
    const url = await presign(sender, key!, {
      bucket,
      method,
      expiresIn: vector.expires,
      query: Object.fromEntries(query),
      headers: Object.fromEntries(headers),
    });
    assert.equal(url, vector.expected.url);
  });
}

const bounds: [expiresIn: number, good: boolean][] = [
  [1, true],
  [604_800, true],
  [0, false],
  [-1, false],
  [604_801, false],
  [1.5, false],
  [Number.NaN, false],
  [Number.POSITIVE_INFINITY, false],
  ['60' as unknown as number, false],
];
for (const [expiresIn, good] of bounds) {
  for (const signatureVersion of ['s3v4', 's3'] as const) {
    test(`a URL for ${expiresIn} seconds by ${signatureVersion} is ${good ? 'made' : 'refused'}`, async () => {
      const { sender } = scriptedSender([], { signatureVersion });
      if (good) assert.ok(URL.canParse(await presign(sender, 'k', { expiresIn })));
      else await assert.rejects(presign(sender, 'k', { expiresIn }), RangeError);
    });
  }
}

test('an hour by default, from now on', async () => {
  const { sender } = scriptedSender([]);
  const url = new URL(await presign(sender, 'k', {}));
  assert.equal(url.searchParams.get('X-Amz-Expires'), '3600');
  assert.equal(url.searchParams.get('X-Amz-Date'), '20260102T030405Z');
  assert.equal(url.searchParams.get('X-Amz-SignedHeaders'), 'host');
});

test('a URL says until when, by Signature Version 2', async () => {
  const { sender, clock } = scriptedSender([], { signatureVersion: 's3', sessionToken: 'T' });
  const url = new URL(await presign(sender, 'a b', { expiresIn: 60, query: { versionId: 'v' } }));
  assert.equal(url.pathname, '/a%20b');
  assert.equal(url.searchParams.get('AWSAccessKeyId'), accessKey);
  assert.equal(url.searchParams.get('Expires'), String(clock.now() / 1000 + 60));
  assert.equal(url.searchParams.get('versionId'), 'v');
  assert.match(url.searchParams.get('Signature') ?? '', /^[A-Za-z0-9+/]{27}=$/);
});

test("what was learned of the server's clock and the bucket's region counts", async () => {
  const { sender } = scriptedSender([
    { status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    { status: 403, headers: { date: 'Fri, 02 Jan 2026 04:04:05 GMT' }, body: errorXml('AccessDenied') },
    {},
  ]);
  await put(sender, 'k', 'body');
  const url = new URL(await presign(sender, 'k', {}));
  assert.equal(url.hostname, 'bkt.s3.eu-west-1.amazonaws.com');
  assert.equal(url.searchParams.get('X-Amz-Date'), '20260102T040405Z');
});

test('nonsense is refused', async () => {
  const { sender } = scriptedSender([]);
  const options: unknown[] = [
    { method: 'PATCH' },
    { method: 'get' },
    { headers: { a: 'b\r\nc' } },
    { headers: { 'a b': 'c' } },
    { headers: { a: undefined } },
    { bucket: 'a/b' },
  ];
  for (const each of options) await assert.rejects(presign(sender, 'k', each as PresignOptions), TypeError);
  await assert.rejects(presign(sender, '', {}), TypeError);
  await assert.rejects(presignPost(sender, '', {}), TypeError);
  const anonymous = scriptedSender([], { credentials: 'anonymous' });
  await assert.rejects(presign(anonymous.sender, 'k', {}), TypeError);
  await assert.rejects(presignPost(anonymous.sender, 'k', {}), TypeError);
});

test("the Host header is the endpoint's, whatever the caller says", async () => {
  const { sender } = scriptedSender([]);
  const url = await presign(sender, 'k', {});
  assert.equal(await presign(sender, 'k', { headers: { Host: 'evil.example' } }), url);
});

// biome-ignore lint/suspicious/noTemplateCurlyInString: browsers put the file's name there
const namedByFile = 'up/${filename}';

async function form(options: ConnectionOptions = {}) {
  const { sender, clock } = scriptedSender([], options);
  const post = await presignPost(sender, namedByFile, {
    expiresIn: 600,
    fields: { 'content-type': 'image/png', acl: 'public-read' },
    conditions: [
      ['starts-with', '$key', 'up/'],
      ['content-length-range', 1, 1000],
    ],
  });
  const policy = JSON.parse(new TextDecoder().decode(decodeBase64(post.fields['policy'] ?? '')));
  return { ...post, policy, expires: clock.now() + 600_000 };
}

test('a form by Signature Version 4', async () => {
  const { url, fields, policy, expires } = await form({ sessionToken: 'T' });
  assert.equal(url, 'https://bkt.s3.amazonaws.com/');
  const { policy: text, 'x-amz-signature': signature, ...rest } = fields;
  assert.ok(text);
  assert.match(signature ?? '', /^[0-9a-f]{64}$/);
  const signing = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${accessKey}/20260102/us-east-1/s3/aws4_request`,
    'x-amz-date': '20260102T030405Z',
    'x-amz-security-token': 'T',
  };
  assert.deepEqual(rest, {
    bucket: 'bkt',
    key: namedByFile,
    'content-type': 'image/png',
    acl: 'public-read',
    ...signing,
  });
  assert.equal(policy.expiration, new Date(expires).toISOString());
  assert.deepEqual(policy.conditions, [
    { bucket: 'bkt' },
    ['starts-with', '$key', 'up/'],
    ['content-length-range', 1, 1000],
    { 'content-type': 'image/png' },
    { acl: 'public-read' },
    ...Object.entries(signing).map(([name, value]) => ({ [name]: value })),
  ]);
  assert.ok(!JSON.stringify({ url, fields, policy }).includes(secretKey));
});

test('a form by Signature Version 2, in path style', async () => {
  const { url, fields } = await form({ signatureVersion: 's3', endpoint: 'http://localhost:9000/s3' });
  assert.equal(url, 'http://localhost:9000/s3/bkt/');
  assert.deepEqual(Object.keys(fields).sort(), [
    'AWSAccessKeyId',
    'acl',
    'bucket',
    'content-type',
    'key',
    'policy',
    'signature',
  ]);
});

test('the key of a form is fixed unless a condition is about it', async () => {
  const { sender } = scriptedSender([]);
  const { fields } = await presignPost(sender, 'k', { fields: { key: 'other' } });
  assert.equal(fields['key'], 'k');
  const { conditions } = JSON.parse(new TextDecoder().decode(decodeBase64(fields['policy']!)));
  assert.ok(conditions.some((condition: { key?: string }) => condition.key === 'k'));
});
