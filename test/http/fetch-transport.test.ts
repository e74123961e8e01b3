import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { fetchTransport } from '../../src/http/fetch-transport.ts';
import { TransportError, type TransportFailure, type TransportRequest } from '../../src/http/transport.ts';
import { answering, tcpServer } from '../support/tcp-server.ts';

const patient = { connect: 5000, firstByte: 5000, idle: 5000 };
const ok = (body = 'hello', more = '') =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n${more}\r\n${body}`;
const send = fetchTransport();

function to(port: number, more: Partial<TransportRequest> = {}): TransportRequest {
  const { body, headers } = more;
  const size = body === undefined ? undefined : body instanceof Uint8Array ? body.length : body.size;
  return {
    method: body === undefined ? 'GET' : 'PUT',
    secure: false,
    hostname: '127.0.0.1',
    port,
    path: '/bucket/key',
    timeouts: patient,
    label: 'GetObject bucket/key',
    ...more,
    headers: {
      host: `127.0.0.1:${port}`,
      ...(size !== undefined && { 'content-length': String(size) }),
      ...headers,
    },
  };
}

const fails = (kind: TransportFailure, phase?: TransportError['phase']) => (error: unknown) => {
  assert(error instanceof TransportError, String(error));
  assert.deepEqual([error.kind, error.phase], [kind, phase], error.message);
  return true;
};

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function echo(t: TestContext) {
  const heads: string[] = [];
  const bodies: Buffer[] = [];
  const { port } = await tcpServer(t, (socket) => {
    socket.on('data', (data) => bodies.push(data));
    answering((head) => {
      heads.push(head.toLowerCase());
      return ok();
    })(socket);
  });
  return { port, heads, body: () => Buffer.concat(bodies).toString('latin1').split('\r\n\r\n').at(-1) };
}

test('sends path, headers and every kind of body, and leaves out what fetch would add', async (t) => {
  const { port, heads, body } = await echo(t);
  const path = "/b/x'*~!()//y%20z?prefix=a%20b&x=%27";
  const response = await send(to(port, { path, headers: { 'x-amz-a': 'b' } }));
  assert.deepEqual(await response.bytes(), new TextEncoder().encode('hello'));
  assert.equal(response.headers['content-length'], '5');
  assert.match(heads[0]!, new RegExp(`^get ${path.toLowerCase().replace(/[?*()]/g, '\\$&')} http`));
  assert.match(heads[0]!, /x-amz-a: b\r\n/);
  assert.match(heads[0]!, /accept-encoding: identity\r\n/);

  async function* stream() {
    yield Buffer.from('bo');
    yield Buffer.from('dy');
  }
  const blob = new Blob(['body'], { type: 'text/html' });
  for (const given of [Buffer.from('body'), { size: 4, open: stream }, { size: 4, blob, open: stream }]) {
    const { length } = heads;
    await (await send(to(port, { body: given }))).bytes();
    assert.match(heads[length]!, /content-length: 4\r\n/);
    assert.doesNotMatch(heads[length]!, /content-type|transfer-encoding/);
    assert.equal(body(), 'body');
  }
});

test('what fetch would change is refused before anything is sent', async (t) => {
  const { port, heads } = await echo(t);
  for (const path of [
    '/b/../c',
    '/b/./c',
    '/b/%2e%2e/c',
    '/b/c/%2E',
    '/b/a\\c',
    '/b/a b',
    "/b?x='",
    '/b#c',
  ]) {
    await assert.rejects(send(to(port, { path })), TypeError, path);
  }
  await assert.rejects(send(to(port, { headers: { host: 'elsewhere' } })), TypeError);
  assert.equal(heads.length, 0);
});

test('redirects are answers like others, hidden ones are errors', async (t) => {
  const { port } = await tcpServer(
    t,
    answering(
      () => 'HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n',
    ),
  );
  const response = await send(to(port));
  assert.deepEqual([response.status, response.headers['location']], [307, 'http://127.0.0.1:1/']);
  assert.equal((await response.bytes()).length, 0);
  // As browsers hide them; Node's fetch does not.
  const hiding = async () => Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' });
  await assert.rejects(fetchTransport(hiding)(to(port)), fails('protocol'));
});

test('HEAD, 204 and 304 have no body whatever their length says', async (t) => {
  const { port } = await tcpServer(
    t,
    answering((head) =>
      head.startsWith('HEAD')
        ? 'HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n'
        : 'HTTP/1.1 304 Not Modified\r\ncontent-length: 12\r\n\r\n',
    ),
  );
  for (const method of ['HEAD', 'GET']) {
    const response = await send(to(port, { method }));
    assert.equal(response.headers['content-length'], '12');
    assert.equal((await response.bytes()).length, 0);
  }
});

test('content that fetch decodes is not held to its length', async (t) => {
  const zipped = gzipSync('hello').toString('latin1');
  const { port } = await tcpServer(
    t,
    answering(() => ok(zipped, 'content-encoding: gzip\r\n')),
  );
  assert.equal(text(await (await send(to(port))).bytes()), 'hello');
});

test('a broken answer is interrupted, one that is no HTTP is protocol', async (t) => {
  const cases: [string, TransportFailure][] = [
    ['', 'interrupted'],
    ['HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello', 'interrupted'],
    ['HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\nhello', 'interrupted'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n', 'interrupted'],
    ['<html>hello</html>\r\n\r\n', 'protocol'],
  ];
  for (const [answer, kind] of cases) {
    const { port } = await tcpServer(t, (socket) => socket.once('data', () => socket.end(answer)));
    await assert.rejects(async () => (await send(to(port))).bytes(), fails(kind), answer);
  }
  const short = async () => new Response('hello', { headers: { 'content-length': '10' } });
  await assert.rejects((await fetchTransport(short)(to(1))).bytes(), fails('interrupted'));
  await assert.rejects(send(to(await freePort())), fails('connect'));
  await assert.rejects(
    send(to(80, { hostname: 'nowhere.invalid', headers: { host: 'nowhere.invalid' } })),
    fails('connect'),
  );
});

test('limits, discard and second readers', async (t) => {
  const { port } = await tcpServer(
    t,
    answering((head) =>
      head.includes('/chunked')
        ? 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n'
        : ok('x'.repeat(200_000)),
    ),
  );
  await assert.rejects((await send(to(port))).bytes(1000), fails('protocol'));
  await assert.rejects((await send(to(port, { path: '/chunked' }))).bytes(9), fails('protocol'));
  const response = await send(to(port));
  assert.equal((await response.bytes()).length, 200_000);
  await assert.rejects(response.bytes(), TypeError);
  const dropped = await send(to(port));
  dropped.discard();
  dropped.discard();
  await assert.rejects(dropped.bytes(), TypeError);
  for await (const _ of await send(to(port))) break;
});

test('every wait ends, a slow live transfer goes on', async (t) => {
  const { port } = await tcpServer(t, (socket) => {
    socket.once('data', async (data) => {
      if (data.includes('/silent')) return;
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n');
      if (data.includes('/stuck')) return;
      for (let i = 0; i < 6; i++) {
        await sleep(25);
        socket.write('x');
      }
    });
  });
  const timeouts = { connect: 25, firstByte: 25, idle: 60 };
  async function* stuck() {
    yield Buffer.from('a');
    await sleep(100);
  }
  async function drip() {
    let got = '';
    for await (const chunk of await send(to(port, { timeouts: { ...timeouts, idle: 80 } })))
      got += text(chunk);
    return got;
  }
  const [got] = await Promise.all([
    drip(),
    assert.rejects(send(to(port, { path: '/silent', timeouts })), fails('timeout', 'firstByte')),
    assert.rejects(
      async () => (await send(to(port, { path: '/stuck', timeouts }))).bytes(),
      fails('timeout', 'idle'),
    ),
    assert.rejects(send(to(port, { timeouts, body: { size: 5, open: stuck } })), fails('timeout', 'idle')),
  ]);
  assert.equal(got, 'xxxxxx');
});

test('a source that fails or disagrees with its size fails before anything is sent, and is closed', async (t) => {
  const { port, heads } = await echo(t);
  const failure = new Error('disk on fire');
  let closed = 0;
  async function* source(fail = false) {
    try {
      yield Buffer.from('12345');
      if (fail) throw failure;
    } finally {
      closed++;
    }
  }
  await assert.rejects(send(to(port, { body: { size: 9, open: () => source() } })), /4 bytes short of the 9/);
  await assert.rejects(send(to(port, { body: { size: 3, open: () => source() } })), /longer than the 3/);
  await assert.rejects(
    send(to(port, { body: { size: 9, open: () => source(true) } })),
    (error) => error === failure,
  );
  assert.deepEqual([closed, heads.length], [3, 0]);
});

test('an abort ends the exchange at any moment with its reason and leaves no listener', async (t) => {
  const { port } = await tcpServer(t, (socket) => {
    socket.once('data', (data) => {
      if (data.includes('/stall')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nhello');
    });
  });
  const reason = new Error('enough');
  async function* stuck() {
    yield Buffer.from('a');
    await sleep(50);
  }
  const moments: [string, (signal: AbortSignal) => Promise<unknown>][] = [
    ['source', (signal) => send(to(port, { body: { size: 5, open: stuck } }), signal)],
    ['first byte', (signal) => send(to(port), signal)],
    ['bytes', async (signal) => (await send(to(port, { path: '/stall' }), signal)).bytes()],
    [
      'iteration',
      async (signal) => {
        for await (const _ of await send(to(port, { path: '/stall' }), signal));
      },
    ],
  ];
  for (const [name, act] of moments) {
    const controller = new AbortController();
    const acted = act(controller.signal);
    setTimeout(() => controller.abort(reason), 20);
    await assert.rejects(acted, (error) => error === reason, name);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0, name);
  }
  await assert.rejects(send(to(port), AbortSignal.abort(reason)), (error) => error === reason);
});
