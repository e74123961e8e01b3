import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection, type ConnectionArguments } from '../../src/client/connection.ts';
import type { ConnectionOptions } from '../../src/client/options.ts';
import type { Platform } from '../../src/client/settings.ts';
import { nodeHashes } from '../../src/node/hash.ts';
import {
  accessKey,
  type ScriptedTransport,
  type Step,
  scriptedTransport,
  secretKey,
} from '../support/scripted-transport.ts';

function connect(
  steps: readonly Step[],
  args: ConnectionArguments,
  environment?: Platform['environment'],
): { conn: Connection; transport: ScriptedTransport } {
  const transport = scriptedTransport(steps);
  const platform = { hashes: nodeHashes, transport: () => transport, ...(environment && { environment }) };
  return { conn: new Connection(platform, args), transport };
}

/** What the first request of a connection goes to, and who signed it. */
async function firstRequest(
  args: ConnectionArguments,
  environment?: Platform['environment'],
): Promise<{ url: string; authorization: string | undefined; token: string | undefined }> {
  const { conn, transport } = connect([{}], args, environment);
  await conn.exists('k', conn.defaultBucket === undefined ? 'named' : undefined);
  const { secure, headers, path } = transport.requests[0]!;
  return {
    url: `${secure ? 'https' : 'http'}://${headers['host']}${path}`,
    authorization: headers['authorization'],
    token: headers['x-amz-security-token'],
  };
}

const ways: [name: string, args: ConnectionArguments, url: string][] = [
  ['keys', ['AK', 'SK'], 'https://named.s3.amazonaws.com/k'],
  ['keys and the default bucket', ['AK', 'SK', 'bkt'], 'https://bkt.s3.amazonaws.com/k'],
  ['keys and options', ['AK', 'SK', { defaultBucket: 'bkt', tls: false }], 'http://bkt.s3.amazonaws.com/k'],
  ['options', [{ accessKey: 'AK', secretKey: 'SK' }], 'https://named.s3.amazonaws.com/k'],
  [
    'options with credentials',
    [{ credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' }, defaultBucket: 'bkt' }],
    'https://bkt.s3.amazonaws.com/k',
  ],
  [
    'options with a provider',
    [{ credentials: async () => ({ accessKeyId: 'AK', secretAccessKey: 'SK' }), defaultBucket: 'bkt' }],
    'https://bkt.s3.amazonaws.com/k',
  ],
  [
    'an endpoint',
    [{ accessKey: 'AK', secretKey: 'SK', endpoint: 'localhost:9000', tls: false, defaultBucket: 'bkt' }],
    'http://localhost:9000/bkt/k',
  ],
  [
    'path style',
    [{ accessKey: 'AK', secretKey: 'SK', pathStyle: true, defaultBucket: 'bkt' }],
    'https://s3.amazonaws.com/bkt/k',
  ],
  [
    'a region',
    [{ accessKey: 'AK', secretKey: 'SK', region: 'eu-west-1', defaultBucket: 'bkt' }],
    'https://bkt.s3.eu-west-1.amazonaws.com/k',
  ],
];
for (const [name, args, url] of ways) {
  test(`a connection made of ${name}`, async () => {
    const request = await firstRequest(args);
    assert.equal(request.url, url);
    assert.match(request.authorization ?? '', /^AWS4-HMAC-SHA256 Credential=AK\//);
  });
}

test('a session token goes with the keys', async () => {
  assert.equal((await firstRequest([{ accessKey, secretKey, sessionToken: 'T' }])).token, 'T');
});

test('anonymous requests are not signed', async () => {
  const { url, authorization } = await firstRequest([{ credentials: 'anonymous', defaultBucket: 'bkt' }]);
  assert.equal(url, 'https://bkt.s3.amazonaws.com/k');
  assert.equal(authorization, undefined);
});

test('Signature Version 2', async () => {
  const { authorization } = await firstRequest([accessKey, secretKey, { signatureVersion: 's3' }]);
  assert.match(authorization ?? '', new RegExp(`^AWS ${accessKey}:[A-Za-z0-9+/]{27}=$`));
});

test('what the environment says stands where options say nothing', async () => {
  const environment = {
    credentials: () => ({ accessKeyId: 'ENV', secretAccessKey: 's' }),
    region: () => 'eu-west-1',
    endpoint: () => 'http://localhost:9000',
  };
  const request = await firstRequest([{ defaultBucket: 'bkt' }], environment);
  assert.equal(request.url, 'http://localhost:9000/bkt/k');
  assert.match(request.authorization ?? '', /Credential=ENV\/\d+\/eu-west-1\//);
  const given = await firstRequest(
    ['AK', 'SK', { endpoint: 's3.example.com', region: 'x', defaultBucket: 'bkt' }],
    environment,
  );
  assert.equal(given.url, 'https://bkt.s3.example.com/k');
  assert.match(given.authorization ?? '', /Credential=AK\/\d+\/x\//);
  const anonymous = await firstRequest([{ credentials: 'anonymous', defaultBucket: 'bkt' }], environment);
  assert.equal(anonymous.authorization, undefined);
});

test("the endpoint's region comes before the environment's", async () => {
  const environment = { credentials: () => undefined, region: () => 'us-west-2', endpoint: () => undefined };
  const { authorization } = await firstRequest(
    ['AK', 'SK', { endpoint: 's3.eu-west-1.amazonaws.com' }],
    environment,
  );
  assert.match(authorization ?? '', /\/eu-west-1\/s3/);
});

const keys = { accessKey, secretKey };
const refused: [name: string, options: unknown, error: typeof TypeError | typeof RangeError][] = [
  ['no credentials', {}, TypeError],
  ['half a pair', { accessKey }, TypeError],
  ['the other half', { secretKey }, TypeError],
  ['an empty secret', { accessKey, secretKey: '' }, TypeError],
  ['keys and credentials', { ...keys, credentials: 'anonymous' }, TypeError],
  ['credentials without ids', { credentials: {} }, TypeError],
  ['credentials that are null', { credentials: null }, TypeError],
  ['a signature version it has not', { ...keys, signatureVersion: 'v4' }, TypeError],
  ['an empty signature version', { ...keys, signatureVersion: '' }, TypeError],
  ['a payload policy it has not', { ...keys, payload: 'none' }, TypeError],
  ['a checksum it has not', { ...keys, checksum: 'MD5' }, TypeError],
  ['checksum: true', { ...keys, checksum: true }, TypeError],
  ['a bad endpoint', { ...keys, endpoint: 'ftp://x' }, TypeError],
  ['a bad region', { ...keys, region: 'eu.west' }, TypeError],
  ['an empty region', { ...keys, region: '' }, TypeError],
  ['a bad default bucket', { ...keys, defaultBucket: 'a/b' }, TypeError],
  ['an empty default bucket', { ...keys, defaultBucket: '' }, TypeError],
  ['a transport of no kind', { ...keys, transport: 'fast' }, TypeError],
  ['no attempts', { ...keys, retry: { attempts: 0 } }, RangeError],
  ['a budget below nothing', { ...keys, retry: { budget: -1 } }, RangeError],
  ['a wait of nothing', { ...keys, timeouts: { connect: 0 } }, RangeError],
  ['a wait of no number', { ...keys, timeouts: { idle: Number.NaN } }, RangeError],
  ['a wait for ever', { ...keys, timeouts: { firstByte: Number.POSITIVE_INFINITY } }, RangeError],
];
for (const [name, options, error] of refused) {
  test(`no connection is made of ${name}`, () => {
    assert.throws(() => connect([], [options as ConnectionOptions]), error);
  });
}

test('an unknown signature version is named', () => {
  const options = { ...keys, signatureVersion: 'v4' } as unknown as ConnectionOptions;
  assert.throws(() => connect([], [options]), /v4.*'s3v4' or 's3'/);
});

test('the bucket: in the options, as a string in their place, or the default one', async () => {
  const { conn, transport } = connect(Array(9).fill({}), [accessKey, secretKey, 'default']);
  await conn.get('k');
  await conn.get('k', 'named');
  await conn.get('k', { bucket: 'named' });
  await conn.upload('k', 'body', 'named');
  await conn.delete('k', 'named');
  await conn.headObject('k', 'named');
  await conn.exists('k', 'named');
  await conn.headBucket('named');
  await conn.headBucket();
  assert.deepEqual(
    transport.requests.map(({ method, hostname, path }) => `${method} ${hostname.split('.')[0]} ${path}`),
    [
      'GET default /k',
      'GET named /k',
      'GET named /k',
      'PUT named /k',
      'DELETE named /k',
      'HEAD named /k',
      'HEAD named /k',
      'HEAD named /',
      'HEAD default /',
    ],
  );
});

test('calls without a bucket, or with none that is one, are rejected and nothing is sent', async () => {
  const { conn, transport } = connect([], [accessKey, secretKey]);
  const calls = [
    () => conn.get('k'),
    () => conn.upload('k', 'body'),
    () => conn.delete('k'),
    () => conn.headObject('k'),
    () => conn.exists('k'),
    () => conn.headBucket(),
    () => conn.deleteMany(['k']),
    () => conn.updateMetadata('k', { metadata: {} }),
    () => conn.copy({ fromKey: 'a', toKey: 'b' }),
    () => conn.presign('k'),
    () => conn.presignPost('k'),
    () => conn.list('').pages()[Symbol.asyncIterator]().next(),
    () => conn.get('k', ''),
    () => conn.get('k', 'a/b'),
    () => conn.delete('k', { bucket: '../b' }),
    () => conn.copy({ fromKey: 'a', toKey: 'b', fromBucket: 'ok1', toBucket: 'a b' }),
    () => conn.createBucket('AB'),
    () => conn.createBucket(''),
  ];
  for (const call of calls) await assert.rejects(async () => call(), TypeError, String(call));
  assert.equal(transport.requests.length, 0);
});

test('calls that make no sense are rejections, not thrown at once', async () => {
  const { conn, transport } = connect([], [accessKey, secretKey, 'bkt']);
  const calls = [
    () => conn.get(''),
    () => conn.get('k', { range: { first: 2, last: 1 } }),
    () => conn.upload('', 'body'),
    () => conn.upload('k', undefined as unknown as string),
    () => conn.upload('k', 7 as unknown as string),
    () => conn.upload('k', 'body', { expires: -1 }),
    () => conn.upload('k', 'body', { metadata: { a: 'b\nc' } }),
    () => conn.headObject('k', { range: { suffix: 0 } }),
    () => conn.delete(''),
    () => conn.deleteMany(['k', '']),
    () => conn.deleteMany('key'),
    () => conn.updateMetadata('k', {}),
    () => conn.presign('k', { expiresIn: 0 }),
    () => conn.copy({ fromKey: 'a', toKey: '' }),
  ];
  for (const call of calls) {
    let promise: Promise<unknown> | undefined;
    assert.doesNotThrow(() => {
      promise = call();
    }, String(call));
    await assert.rejects(
      promise!,
      (error) => error instanceof TypeError || error instanceof RangeError,
      String(call),
    );
  }
  assert.equal(transport.requests.length, 0);
});

test('deleteBucket has to be told which', async () => {
  const { conn, transport } = connect([{ status: 204 }], [accessKey, secretKey, 'default']);
  const deleteBucket = conn.deleteBucket.bind(conn) as (bucket?: unknown) => Promise<unknown>;
  for (const bucket of [undefined, '', null, { bucket: 'bkt' }]) {
    await assert.rejects(deleteBucket(bucket), TypeError);
  }
  assert.equal(transport.requests.length, 0);
  await conn.deleteBucket('bkt');
  const { method, hostname, path } = transport.requests[0]!;
  assert.deepEqual([method, hostname, path], ['DELETE', 'bkt.s3.amazonaws.com', '/']);
});

test("time-outs: the connection's, with the call's over them", async () => {
  const { conn, transport } = connect(
    [{}, {}],
    [accessKey, secretKey, { defaultBucket: 'bkt', timeouts: { idle: 5 } }],
  );
  await conn.get('k');
  await conn.get('k', { timeouts: { connect: 7 } });
  assert.deepEqual(
    transport.requests.map(({ timeouts }) => timeouts),
    [
      { connect: 10_000, firstByte: 60_000, idle: 5 },
      { connect: 7, firstByte: 60_000, idle: 5 },
    ],
  );
});

test('keys are sent as they are, percent-encoded', async () => {
  const keys = ['a b', 'a+b', 'a%20b', 'a#b?c', '/a', '//two', 'a/../b', 'é', "!'()*", 'a\nb', 'a/'];
  const { conn, transport } = connect(Array(keys.length).fill({}), [accessKey, secretKey, 'bkt']);
  for (const key of keys) await conn.get(key);
  assert.deepEqual(
    transport.requests.map(({ path }) => path),
    [
      '/a%20b',
      '/a%2Bb',
      '/a%2520b',
      '/a%23b%3Fc',
      '//a',
      '///two',
      '/a/../b',
      '/%C3%A9',
      '/%21%27%28%29%2A',
      '/a%0Ab',
      '/a/',
    ],
  );
  for (const [i, { path }] of transport.requests.entries())
    assert.equal(decodeURIComponent(path.slice(1)), keys[i]);
});
