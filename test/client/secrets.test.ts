import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Connection } from '../../src/client/connection.ts';
import { get } from '../../src/client/get.ts';
import type { ConnectionOptions, RequestEvent } from '../../src/client/options.ts';
import { TransportError } from '../../src/http/transport.ts';
import { nodeHashes } from '../../src/node/hash.ts';
import { S3Error } from '../../src/protocol/error.ts';
import { accessKey, errorXml, put, scriptedSender, secretKey } from '../support/scripted-transport.ts';

const sessionToken = 'sessiontokensessiontoken';
const customerKey = 'customerkeycustomerkey';
const headers = {
  'x-amz-server-side-encryption-customer-algorithm': 'AES256',
  'x-amz-server-side-encryption-customer-key': customerKey,
};

/** What a server may repeat of a request it refuses. */
const repeated = `<AWSAccessKeyId>${accessKey}</AWSAccessKeyId><StringToSign>AWS4-HMAC ${customerKey}</StringToSign>\
<CanonicalRequest>PUT ${customerKey}</CanonicalRequest><SignatureProvided>SIGNATURE</SignatureProvided>\
<Token-0>${sessionToken}</Token-0><ArgumentName>Authorization</ArgumentName><ArgumentValue>SIGNATURE</ArgumentValue>`;

function assertSilent(text: string, signature = 'SIGNATURE'): void {
  for (const secret of [secretKey, sessionToken, customerKey, signature, 'AWS4-HMAC', 'Signature=']) {
    assert.ok(!text.includes(secret), `${secret} in ${text}`);
  }
}

function everyView(value: unknown): string {
  return [String(value), JSON.stringify(value), inspect(value, { depth: 9, showHidden: true })].join('\n');
}

test('errors hold no secret, nor does what hooks are told', async () => {
  const events: unknown[] = [];
  const { sender, requests } = scriptedSender(
    [
      { status: 503, body: errorXml('SlowDown', repeated) },
      new TransportError('interrupted', 'PutObject bkt/k: reset'),
      { status: 403, body: errorXml('SignatureDoesNotMatch', repeated) },
    ],
    {
      sessionToken,
      onRequest: (event) => events.push(event),
      onRetry: (event) => events.push(event),
      onResponse: (event) => events.push(event),
    },
  );
  const error = await put(sender, 'k', 'body', { headers }).catch((error: unknown) => error);
  assert.ok(error instanceof S3Error);
  const signature = /Signature=(\w+)/.exec(requests[2]?.headers['authorization'] ?? '')?.[1];
  assert.ok(signature);
  assert.equal(requests[2]?.headers['x-amz-security-token'], sessionToken);
  assertSilent(everyView(error), signature);
  assertSilent(everyView(events), signature);
  assertSilent(everyView(requests.map(({ label }) => label)), signature);
  assert.match(JSON.stringify(error), /"code":"SignatureDoesNotMatch"/);
});

test('a connection shows where it goes, nothing about who it is', () => {
  const options = {
    accessKey,
    secretKey,
    sessionToken,
    endpoint: 'http://localhost:9000',
    defaultBucket: 'b',
  };
  const transport = () => Promise.reject(new Error('nothing is sent'));
  const conn = new Connection({ hashes: nodeHashes, transport: () => transport }, [options]);
  assertSilent(everyView(conn), accessKey);
  assert.deepEqual(JSON.parse(JSON.stringify(conn)), {
    hostname: 'localhost',
    port: 9000,
    region: 'us-east-1',
    defaultBucket: 'b',
  });
});

test('what options are refused for does not repeat secrets', async () => {
  const { sender } = scriptedSender([]);
  const refusals = [
    put(sender, 'k', 'body', {
      headers: { 'x-amz-server-side-encryption-customer-key': `${customerKey}\r\n` },
    }),
    put(sender, 'k', 'body', { headers: { authorization: 'AWS4-HMAC SIGNATURE' } }),
    Promise.resolve().then(() =>
      scriptedSender([], { endpoint: `https://${accessKey}:${secretKey}@localhost` } as ConnectionOptions),
    ),
    Promise.resolve().then(() => scriptedSender([], { endpoint: `https://local host/?key=${secretKey}` })),
  ];
  for (const refusal of refusals) {
    await assert.rejects(refusal, (error: unknown) => {
      assert.ok(error instanceof TypeError);
      assertSilent(everyView(error));
      return true;
    });
  }
});

test('hooks are told of every attempt, in order', async () => {
  const events: [string, unknown][] = [];
  const { sender } = scriptedSender(
    [
      { status: 503, body: errorXml('SlowDown'), headers: { 'x-amz-request-id': 'R1' } },
      new TransportError('connect', 'refused'),
      { headers: { 'x-amz-request-id': 'R2' } },
    ],
    {
      onRequest: (event) => events.push(['request', event]),
      onRetry: ({ error, ...event }) => events.push(['retry', { ...event, code: error.code }]),
      onResponse: (event) => events.push(['response', event]),
    },
  );
  await get(sender, 'a b', {});
  const event = (attempt: number): RequestEvent => ({
    operation: 'GetObject',
    method: 'GET',
    bucket: 'bkt',
    key: 'a b',
    attempt,
  });
  assert.deepEqual(events, [
    ['request', event(1)],
    ['response', { ...event(1), status: 503, requestId: 'R1', milliseconds: 0 }],
    ['retry', { ...event(1), code: 'SlowDown', delay: 250 }],
    ['request', event(2)],
    ['retry', { ...event(2), code: 'NetworkError', delay: 50 }],
    ['request', event(3)],
    ['response', { ...event(3), status: 200, requestId: 'R2', milliseconds: 0 }],
  ]);
});

test('a correction is told as a repetition without delay', async () => {
  const delays: number[] = [];
  const { sender } = scriptedSender([{ status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } }, {}], {
    onRetry: ({ delay }) => delays.push(delay),
  });
  await get(sender, 'k', {});
  assert.deepEqual(delays, [0]);
});

test('how long an answer took', async () => {
  const times: number[] = [];
  const { sender, clock } = scriptedSender(
    [
      () => {
        clock.advance(120);
        return {};
      },
    ],
    { onResponse: ({ milliseconds }) => times.push(milliseconds) },
  );
  await get(sender, 'k', {});
  assert.deepEqual(times, [120]);
});

test('a hook that throws ends the call with its error', async () => {
  const fail = () => {
    throw new RangeError('mine');
  };
  for (const hook of ['onRequest', 'onResponse', 'onRetry'] as const) {
    const { sender, requests, transport } = scriptedSender([{ status: 503 }, {}], { [hook]: fail });
    await assert.rejects(get(sender, 'k', {}), /mine/);
    assert.ok(requests.length <= 1);
    assert.equal(transport.held(), 0);
  }
});
