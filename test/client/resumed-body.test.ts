import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get } from '../../src/client/get.ts';
import type { ConnectionOptions, ReadOptions } from '../../src/client/options.ts';
import type { S3Response } from '../../src/client/response.ts';
import { TransportError } from '../../src/http/transport.ts';
import { Connection } from '../../src/index.node.ts';
import { nodeHashes } from '../../src/node/hash.ts';
import { checksum } from '../../src/protocol/compute-checksum.ts';
import { S3Error } from '../../src/protocol/error.ts';
import { broken, type Change, etag, objectAnswers, withHeaders } from '../support/object-answers.ts';
import { scriptedSender } from '../support/scripted-transport.ts';
import { answering, tcpServer } from '../support/tcp-server.ts';

const content = Uint8Array.from({ length: 100 }, (_, i) => i);

const ways: [name: string, read: (response: S3Response) => Promise<Uint8Array>][] = [
  ['bytes()', (response) => response.bytes()],
  ['iteration', gather],
  ['a web stream', async (response) => new Uint8Array(await new Response(response.body).arrayBuffer())],
];

async function gather(response: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const bytes: number[] = [];
  for await (const chunk of response) bytes.push(...chunk);
  return Uint8Array.from(bytes);
}

function over(change: Change, options: ConnectionOptions = {}, headers = {}) {
  return scriptedSender(objectAnswers(content, change, headers), { checksum: false, ...options });
}

function first(change: Change): Change {
  return (answer, request, number) => (number === 0 ? change(answer, request, number) : answer);
}

async function rejected(promise: Promise<unknown>): Promise<S3Error> {
  const error = await promise.then(
    () => assert.fail('it was fulfilled'),
    (reason) => reason,
  );
  assert.ok(error instanceof S3Error, String(error));
  return error;
}

const asked: [options: ReadOptions, from: number, last: number][] = [
  [{}, 0, 99],
  [{ range: { first: 10, last: 59 } }, 10, 59],
  [{ range: { first: 70 } }, 70, 99],
  [{ range: { first: 90, last: 1000 } }, 90, 99],
  [{ range: { suffix: 30 } }, 70, 99],
  [{ versionId: 'v7', ifNoneMatch: 'other' }, 0, 99],
];
for (const [name, read] of ways) {
  for (const [options, from, last] of asked) {
    test(`${name} of ${JSON.stringify(options)} goes on wherever it breaks`, async () => {
      for (const after of [0, 1, 7, 9, last - from]) {
        const { sender, transport, requests } = over(first((answer) => broken(answer, after)));
        const response = await get(sender, 'k', options);
        assert.deepEqual(await read(response), content.slice(from, last + 1));
        assert.equal(requests.length, 2);
        const { path, headers } = requests[1]!;
        // In one piece nothing is left of what came.
        const kept = name === 'bytes()' ? 0 : after;
        assert.equal(headers['range'], `bytes=${from + kept}-${last}`);
        assert.equal(headers['if-match'], etag);
        assert.equal(path, requests[0]?.path);
        assert.equal(transport.held(), 0);
      }
    });
  }
}

test('a long body read in one piece keeps what came before it broke', async () => {
  const long = new Uint8Array(8 * 1024 * 1024 + 10).fill(7);
  const change = first((answer) => ({
    ...answer,
    body: [long.subarray(0, 5_000_000)],
    breaks: new TransportError('timeout', 'idle', { phase: 'idle' }),
  }));
  const { sender, requests } = scriptedSender(objectAnswers(long, change), { checksum: false });
  assert.deepEqual(await (await get(sender, 'k', {})).bytes(), long);
  assert.equal(requests[1]?.headers['range'], `bytes=5000000-${long.length - 1}`);
});

test('breaks in a row are gone on with from where each was', async () => {
  const { sender, requests, clock } = over((answer, _, number) =>
    number < 3 ? broken(answer, 10 + number) : answer,
  );
  assert.deepEqual(await gather(await get(sender, 'k', {})), content);
  assert.deepEqual(
    requests.map(({ headers }) => headers['range']),
    [undefined, 'bytes=10-99', 'bytes=21-99', 'bytes=33-99'],
  );
  assert.deepEqual(clock.sleeps, [25, 50, 100]);
});

const idle = new TransportError('timeout', 'idle', { phase: 'idle' });
for (const [error, code] of [
  [new TransportError('interrupted', 'gone'), 'NetworkError'],
  [new TransportError('stale', 'gone'), 'NetworkError'],
  [idle, 'Timeout'],
] as const) {
  for (const [name, read] of ways) {
    test(`${name} gives up with ${code} when all attempts of the call are used (${error.kind})`, async () => {
      for (const attempts of [1, 2, 4]) {
        const { sender, transport, requests } = over((answer) => broken(answer, 3, error));
        const response = await get(sender, 'k', { retry: { attempts } });
        const failure = await rejected(read(response));
        assert.equal(failure.code, code);
        assert.equal(failure.attempts, attempts);
        assert.equal(failure.operation, 'GetObject');
        assert.equal(requests.length, attempts);
        assert.equal(transport.held(), 0);
      }
    });
  }
}

test('attempts that failed before the headers came count too', async () => {
  const { sender, requests } = over((answer, _, number) =>
    number % 2 === 0 ? { status: 503 } : broken(answer, 5),
  );
  const failure = await rejected(gather(await get(sender, 'k', {})));
  assert.equal(failure.code, 'NetworkError');
  assert.equal(failure.attempts, 4);
  assert.equal(requests.length, 4);
});

test('what goes on is paid for from the budget of the connection, and gives it back', async () => {
  const none = over((answer) => broken(answer, 3), { retry: { budget: 13 } });
  assert.equal((await rejected(gather(await get(none.sender, 'k', {})))).code, 'NetworkError');
  assert.equal(none.requests.length, 1);

  const { sender, requests } = over((answer, _, number) => (number % 2 === 0 ? broken(answer, 3) : answer), {
    retry: { budget: 14 },
  });
  for (let i = 0; i < 3; i++) assert.deepEqual(await gather(await get(sender, 'k', {})), content);
  assert.equal(requests.length, 6);
});

test('hooks hear of it', async () => {
  const heard: unknown[] = [];
  const { sender } = over(
    first((answer) => broken(answer, 3)),
    {
      onRetry: ({ attempt, delay, error }) => heard.push([attempt, delay, error.code]),
      onRequest: ({ attempt }) => heard.push(attempt),
    },
  );
  await gather(await get(sender, 'k', {}));
  assert.deepEqual(heard, [1, [1, 25, 'NetworkError'], 2]);
});

const spoiled: [name: string, change: Change, code: string, message: RegExp][] = [
  ['the condition fails', () => ({ status: 412 }), 'PreconditionFailed', /changed while it was read/],
  [
    'another version comes all the same',
    (answer) => withHeaders(answer, { etag: '"v2"' }),
    'PreconditionFailed',
    /changed while it was read/,
  ],
  ['no ETag comes', (answer) => withHeaders(answer, { etag: undefined }), 'BadResponse', /range/],
  ['the whole comes', (answer) => ({ ...answer, status: 200 }), 'BadResponse', /range/],
  [
    'there is no Content-Range',
    (answer) => withHeaders(answer, { 'content-range': undefined }),
    'BadResponse',
    /range/,
  ],
  ...[
    'bytes 9-99/100',
    'bytes 11-99/100',
    'bytes 10-98/100',
    'bytes 10-99/101',
    'bytes 10-99/*',
    '10-99',
  ].map((range): [string, Change, string, RegExp] => [
    `Content-Range is ${range}`,
    (answer) => withHeaders(answer, { 'content-range': range }),
    'BadResponse',
    /range/,
  ]),
  [
    'the length is another than the range',
    (answer) => withHeaders(answer, { 'content-length': '89' }),
    'BadResponse',
    /range/,
  ],
  ['the object is gone', () => ({ status: 404 }), 'NotFound', /./],
];
for (const [name, change, code, message] of spoiled) {
  test(`the body fails with ${code} when ${name}`, async () => {
    const { sender, transport, requests } = over((answer, request, number) =>
      number === 0 ? broken(answer, 10) : change(answer, request, number),
    );
    const failure = await rejected(gather(await get(sender, 'k', {})));
    assert.equal(failure.code, code);
    assert.match(failure.message, message);
    assert.equal(failure.key, 'k');
    assert.equal(requests.length, 2);
    assert.equal(transport.held(), 0);
  });
}

test('a server without ranges may give the whole again to whoever has nothing yet', async () => {
  const { sender } = over((answer, _, number) =>
    number === 0
      ? broken(answer, 10)
      : { status: 200, headers: { etag, 'content-length': '100' }, body: content },
  );
  assert.deepEqual(await (await get(sender, 'k', {})).bytes(), content);
});

const final: [name: string, headers: Record<string, string | undefined>][] = [
  ['without an ETag', { etag: undefined }],
  ['with a weak ETag', { etag: 'W/"v1"' }],
  ['without a length', { 'content-length': undefined }],
  ['with a content-encoding', { 'content-encoding': 'gzip' }],
];
for (const [name, headers] of final) {
  for (const [way, read] of ways) {
    test(`${way} of an answer ${name} fails where it breaks`, async () => {
      const { sender, transport, requests } = over((answer) => broken(withHeaders(answer, headers), 10));
      assert.equal((await rejected(read(await get(sender, 'k', {})))).code, 'NetworkError');
      assert.equal(requests.length, 1);
      assert.equal(transport.held(), 0);
    });
  }
}

test('an answer that is not HTTP is not asked for again', async () => {
  const { sender, requests } = over((answer) => broken(answer, 10, new TransportError('protocol', 'odd')));
  assert.equal((await rejected(gather(await get(sender, 'k', {})))).code, 'BadResponse');
  assert.equal(requests.length, 1);
});

test('a range of unknown length that ends early is gone on with, one that does not end is an error', async () => {
  const early = over(
    first((answer) => ({
      ...withHeaders(answer, { 'content-length': undefined }),
      body: content.slice(20, 40),
    })),
  );
  const options = { range: { first: 20, last: 59 } };
  assert.deepEqual(await gather(await get(early.sender, 'k', options)), content.slice(20, 60));
  assert.equal(early.requests[1]?.headers['range'], 'bytes=40-59');

  const endless = over((answer) => ({
    ...withHeaders(answer, { 'content-length': undefined }),
    body: [content.slice(20), content],
  }));
  assert.equal((await rejected(gather(await get(endless.sender, 'k', options)))).code, 'BadResponse');
  assert.equal(endless.transport.held(), 0);
});

test('all that was due having come, a connection that breaks is no failure', async () => {
  const { sender, requests } = over((answer) => broken(answer, 100));
  assert.deepEqual(await gather(await get(sender, 'k', {})), content);
  assert.equal(requests.length, 1);
});

test('of a body of no bytes nothing can be missing', async () => {
  for (const [, read] of ways) {
    const { sender, requests } = scriptedSender(
      objectAnswers(new Uint8Array(0), (answer) => broken(answer, 0)),
      { checksum: false },
    );
    assert.equal((await rejected(read(await get(sender, 'k', {})))).code, 'NetworkError');
    assert.equal(requests.length, 1);
  }
});

test('the checksum of the whole is that of all its pieces', async () => {
  for (const [value, fits] of [
    [checksum('CRC32', content, nodeHashes), true],
    [checksum('CRC32', content.slice(1), nodeHashes), false],
  ] as const) {
    for (const [, read] of ways) {
      const { sender } = over(
        first((answer) => broken(answer, 33)),
        { checksum: 'CRC32' },
        { 'x-amz-checksum-crc32': value },
      );
      const result = read(await get(sender, 'k', {}));
      if (fits) assert.deepEqual(await result, content);
      else assert.equal((await rejected(result)).code, 'ChecksumMismatch');
    }
  }
});

test('a signal ends the wait, and the reading', async () => {
  for (const when of ['before', 'while']) {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { sender, transport, requests } = over(
      first((answer) => broken(answer, 10)),
      { onRetry: () => controller.abort(reason) },
    );
    const response = await get(sender, 'k', { signal: controller.signal });
    if (when === 'before') controller.abort(reason);
    await assert.rejects(gather(response), reason);
    assert.equal(requests.length, 1);
    assert.equal(transport.held(), 0);
  }
});

test('a body that was cancelled is not asked for again', async () => {
  let cancel = () => {};
  const { sender, transport, requests } = over(
    first((answer) => broken(answer, 10)),
    { onRetry: () => cancel() },
  );
  const response = await get(sender, 'k', {});
  cancel = () => response.cancel();
  assert.equal((await rejected(gather(response))).code, 'NetworkError');
  assert.equal(transport.held(), 0);
  assert.ok(requests.length <= 2);

  const stopped = over(first((answer) => broken(answer, 50)));
  for await (const _ of await get(stopped.sender, 'k', {})) break;
  assert.equal(stopped.requests.length, 1);
  assert.equal(stopped.transport.held(), 0);
});

const answered: [name: string, change: Change, fits: boolean][] = [
  ['the range', (answer) => answer, true],
  [
    'a range whose header a browser hides',
    (answer) => withHeaders(answer, { 'content-range': undefined }),
    true,
  ],
  ['another range', (answer) => withHeaders(answer, { 'content-range': 'bytes 9-18/100' }), false],
  ['a shorter range', (answer) => withHeaders(answer, { 'content-range': 'bytes 10-18/100' }), false],
  ['no range', (answer) => withHeaders(answer, { 'content-range': 'all' }), false],
  ['the whole', () => ({ headers: { etag, 'content-length': '100' }, body: content }), false],
  ['a whole that is no more than the range', () => ({ headers: { 'content-length': '0' } }), false],
  ['not modified', () => ({ status: 304 }), true],
];
for (const [name, change, fits] of answered) {
  test(`a range that is answered with ${name} is ${fits ? 'read' : 'an error'}`, async () => {
    const { sender, transport } = over(change);
    const result = get(sender, 'k', { range: { first: 10, last: 19 } });
    if (fits) (await result).cancel();
    else assert.equal((await rejected(result)).code, 'BadResponse');
    assert.equal(transport.held(), 0);
  });
}

test('the whole is a good answer where all of it was asked for', async () => {
  for (const range of [{ first: 0 }, { first: 0, last: 500 }, { suffix: 100 }]) {
    const { sender } = over(() => ({ headers: { etag, 'content-length': '100' }, body: content }));
    assert.deepEqual(await gather(await get(sender, 'k', { range })), content);
  }
});

test('over sockets: a connection lost in the middle costs nothing but another request', async (t) => {
  const text = 'x'.repeat(200_000);
  const heads: string[] = [];
  const server = await tcpServer(
    t,
    answering((head, _, socket) => {
      heads.push(head);
      const from = /range: bytes=(\d+)-/.exec(head)?.[1];
      const first = Number(from ?? 0);
      const range = from && `content-range: bytes ${first}-199999/200000\r\n`;
      socket.write(
        `HTTP/1.1 ${from ? 206 : 200} OK\r\netag: ${etag}\r\n${range ?? ''}content-length: ${200_000 - first}\r\n\r\n`,
      );
      socket.write(text.slice(first, from ? undefined : 120_000), () => {
        if (!from) setTimeout(() => socket.resetAndDestroy(), 5);
      });
      return undefined;
    }),
  );
  const conn = new Connection({
    endpoint: `http://127.0.0.1:${server.port}`,
    accessKey: 'a',
    secretKey: 'b',
    defaultBucket: 'bkt',
  });
  assert.equal(await (await conn.get('k')).text(), text);
  assert.equal(heads.length, 2);
  let size = 0;
  for await (const chunk of await conn.get('k')) size += chunk.length;
  assert.equal(size, 200_000);
  assert.match(heads[3] ?? '', /range: bytes=[1-9]\d+-199999\r\n/);
});

test('over sockets: a body that is cancelled while it is waited for is not asked for again', async (t) => {
  let heads = 0;
  const server = await tcpServer(
    t,
    answering(() => {
      heads++;
      return `HTTP/1.1 200 OK\r\netag: ${etag}\r\ncontent-length: 100000\r\n\r\nsome`;
    }),
  );
  const retried: number[] = [];
  const conn = new Connection({
    endpoint: `http://127.0.0.1:${server.port}`,
    accessKey: 'a',
    secretKey: 'b',
    defaultBucket: 'bkt',
    onRetry: ({ attempt }) => retried.push(attempt),
  });
  const response = await conn.get('k');
  const iterator = response[Symbol.asyncIterator]();
  assert.equal((await iterator.next()).value?.length, 4);
  const next = iterator.next();
  response.cancel();
  assert.equal((await rejected(next)).code, 'NetworkError');
  assert.equal(heads, 1);
  assert.deepEqual(retried, []);
});
