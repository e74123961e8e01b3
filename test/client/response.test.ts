import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get } from '../../src/client/get.ts';
import type { S3Response } from '../../src/client/response.ts';
import { type Answer, type ScriptedTransport, scriptedSender } from '../support/scripted-transport.ts';

const answer: Answer = {
  headers: {
    'content-type': 'application/json',
    'content-length': '8',
    etag: '"e"',
    'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT',
    'x-amz-version-id': 'v',
    'x-amz-meta-name': '=?UTF-8?B?w6k=?=',
  },
  body: ['{"a":', '[1]}'].map((text) => new TextEncoder().encode(text)),
};

async function respond(
  given: Answer = answer,
): Promise<{ response: S3Response; transport: ScriptedTransport }> {
  const { sender, transport } = scriptedSender([given], { checksum: false });
  return { response: await get(sender, 'k', {}), transport };
}

test('what the headers tell', async () => {
  const { response } = await respond();
  assert.equal(response.status, 200);
  assert.equal(response.ok, true);
  assert.equal(response.headers.get('Content-Type'), 'application/json');
  assert.equal(response.contentType, 'application/json');
  assert.equal(response.contentLength, 8);
  assert.equal(response.etag, 'e');
  assert.equal(response.versionId, 'v');
  assert.deepEqual(response.lastModified, new Date('2026-01-02T03:04:05Z'));
  assert.deepEqual({ ...response.metadata }, { name: 'é' });
  assert.equal(response.bodyUsed, false);
});

test('headers that are missing or no numbers and dates are undefined', async () => {
  const { response } = await respond({ headers: { 'content-length': '1e3', 'last-modified': 'never' } });
  assert.deepEqual(
    [response.contentLength, response.lastModified, response.etag, response.contentType, response.versionId],
    Array(5).fill(undefined),
  );
});

const ways: [name: string, read: (response: S3Response) => Promise<unknown>, expected: unknown][] = [
  ['text', (response) => response.text(), '{"a":[1]}'],
  ['json', (response) => response.json(), { a: [1] }],
  ['bytes', async (response) => new TextDecoder().decode(await response.bytes()), '{"a":[1]}'],
  ['arrayBuffer', async (response) => (await response.arrayBuffer()).byteLength, 9],
  ['blob', async (response) => (await response.blob()).type, 'application/json'],
  ['body', (response) => new Response(response.body).text(), '{"a":[1]}'],
  ['toResponse', (response) => response.toResponse().json(), { a: [1] }],
  [
    'iteration',
    async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk.length);
      return chunks;
    },
    [5, 4],
  ],
];
for (const [name, read, expected] of ways) {
  test(`${name} reads the body, which can be read once`, async () => {
    const { response, transport } = await respond();
    assert.deepEqual(await read(response), expected);
    assert.equal(response.bodyUsed, true);
    assert.equal(transport.held(), 0);
    for (const [, again] of ways) await assert.rejects(async () => again(response), TypeError);
  });
}

test('an ArrayBuffer holds the body and nothing of the memory around it', async () => {
  const { response } = await respond({ body: new Uint8Array(100).fill(7).subarray(10, 13) });
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), Uint8Array.of(7, 7, 7));
});

test('whoever stops reading lets go of the connection', async () => {
  for (const stop of [
    (response: S3Response) => response.cancel(),
    (response: S3Response) => response.body.cancel(),
    async (response: S3Response) => {
      for await (const _ of response) break;
    },
    (response: S3Response) => response.toResponse().body?.cancel(),
  ]) {
    const { response, transport } = await respond();
    assert.equal(transport.held(), 1);
    await stop(response);
    assert.equal(transport.held(), 0);
    assert.equal(response.bodyUsed, true);
    response.cancel();
  }
});

test('a stream reads no further than it is asked to', async () => {
  const { response, transport } = await respond();
  const reader = response.body.getReader();
  await reader.read();
  assert.equal(transport.held(), 1);
  await reader.cancel();
});

test('toResponse gives a web Response, without a body for 304', async () => {
  const { response, transport } = await respond({ status: 304, headers: { etag: '"e"' } });
  const web = response.toResponse();
  assert.equal(web.status, 304);
  assert.equal(web.body, null);
  assert.equal(web.headers.get('etag'), '"e"');
  assert.equal(transport.held(), 0);
});
