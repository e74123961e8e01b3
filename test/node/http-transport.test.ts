import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { TransportError, type TransportFailure, type TransportRequest } from '../../src/http/transport.ts';
import { type HttpTransportOptions, httpTransport } from '../../src/node/http-transport.ts';
import { answering, listen, tcpServer } from '../support/tcp-server.ts';

const patient = { connect: 5000, firstByte: 5000, idle: 5000 };
const ok = (body = 'hello') => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

function client(t: TestContext, options?: HttpTransportOptions) {
  const transport = httpTransport(options);
  t.after(transport.close);
  return transport;
}

function to(port: number, more: Partial<TransportRequest> = {}): TransportRequest {
  const { body } = more;
  const size = body === undefined ? undefined : body instanceof Uint8Array ? body.length : body.size;
  return {
    method: body === undefined ? 'GET' : 'PUT',
    secure: false,
    hostname: '127.0.0.1',
    port,
    path: '/bucket/key',
    headers: { host: `127.0.0.1:${port}`, ...(size !== undefined && { 'content-length': String(size) }) },
    timeouts: patient,
    label: 'GetObject bucket/key',
    ...more,
  };
}

const fails =
  (kind: TransportFailure, phase?: TransportError['phase'], message = /./) =>
  (error: unknown) => {
    assert(error instanceof TransportError, String(error));
    assert.deepEqual([error.kind, error.phase], [kind, phase], error.message);
    assert.match(error.message, message);
    return true;
  };

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

test('sends path and headers exactly as given', async (t) => {
  let head = '';
  const { port } = await tcpServer(
    t,
    answering((given) => {
      head = given;
      return ok();
    }),
  );
  const path = "/b/../a/./%2e%2E//x'*~!()?prefix=a%20b'&x";
  const response = await client(t)(
    to(port, { path, headers: { host: 'other.example', 'x-amz-b': 'caf\xe9', 'x-amz-a': '' } }),
  );
  assert.equal(text(await response.bytes()), 'hello');
  assert.equal(
    head,
    `GET ${path} HTTP/1.1\r\nhost: other.example\r\nx-amz-b: caf\xe9\r\nx-amz-a: \r\nConnection: keep-alive\r\n\r\n`,
  );
});

test('gives status, joined lower-case headers and plain bytes', async (t) => {
  const { port } = await tcpServer(
    t,
    answering(
      () =>
        'HTTP/1.1 206 Partial Content\r\nETag: "x"\r\nX-Amz-Meta-A: 1\r\nx-amz-meta-a: caf\xe9\r\nConstructor: c\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    ),
  );
  const response = await client(t)(to(port));
  assert.equal(response.status, 206);
  assert.deepEqual(response.headers, {
    etag: '"x"',
    'x-amz-meta-a': '1, caf\xe9',
    constructor: 'c',
    'transfer-encoding': 'chunked',
  });
  assert.deepEqual(await response.bytes(), new TextEncoder().encode('abcde'));
  await assert.rejects(response.bytes(), TypeError);
});

test('uses one socket for exchanges in turn, whether they have a body or not', async (t) => {
  const { port, sockets } = await tcpServer(
    t,
    answering((head) => {
      if (head.startsWith('HEAD')) return 'HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n';
      if (head.startsWith('DELETE')) return 'HTTP/1.1 204 No Content\r\n\r\n';
      if (head.includes('if-none-match')) return 'HTTP/1.1 304 Not Modified\r\netag: "e"\r\n\r\n';
      if (head.startsWith('PUT')) return 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
      return `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${ok()}`;
    }),
  );
  const send = client(t);
  const signal = new AbortController().signal;
  const host = `127.0.0.1:${port}`;
  for (let round = 0; round < 12; round++) {
    for (const request of [
      to(port),
      to(port, { method: 'HEAD' }),
      to(port, { method: 'DELETE' }),
      to(port, { headers: { host, 'if-none-match': '"e"' } }),
      to(port, { method: 'PUT', headers: { host, 'content-length': '0' } }),
      to(port, { body: Buffer.alloc(10) }),
      to(port, { body: Buffer.alloc(100_000) }),
      to(port, { body: { size: 3, open: () => chunks('a', 'b', '', 'c', '') } }),
    ]) {
      const response = await send(request, signal);
      assert.equal(
        (await response.bytes()).length,
        request.method === 'GET' && response.status === 200 ? 5 : 0,
      );
    }
    const response = await send(to(port));
    if (round % 2) response.discard();
    else for await (const _ of response);
    await sleep(1);
  }
  assert.equal(sockets.length, 1);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}

const broken: [string, string, TransportFailure][] = [
  ['before the answer', '', 'interrupted'],
  ['within the head', 'HTTP/1.1 200 OK\r\ncontent-le', 'interrupted'],
  ['within the body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello', 'interrupted'],
  [
    'within a chunked body',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n',
    'interrupted',
  ],
  ['after no HTTP at all', '<html>hello</html>\r\n\r\n', 'protocol'],
  ['after two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello', 'protocol'],
];
for (const [name, answer, kind] of broken) {
  for (const how of ['end', 'resetAndDestroy'] as const) {
    test(`a connection that breaks ${name} (${how}) is ${kind}`, async (t) => {
      const { port } = await tcpServer(t, (socket) => {
        socket.once('data', () => socket.write(answer, () => setTimeout(() => socket[how](), 5)));
      });
      const send = client(t);
      await assert.rejects(async () => (await send(to(port))).bytes(), fails(kind));
      let seen = '';
      await assert.rejects(async () => {
        for await (const chunk of await send(to(port))) seen += text(chunk);
      }, fails(kind));
      if (name.includes('body')) assert.equal(seen, 'hello');
    });
  }
}

test('an answer that ends with its connection is whole', async (t) => {
  const { port } = await tcpServer(t, (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nhello')),
  );
  const send = client(t);
  assert.equal(text(await (await send(to(port))).bytes()), 'hello');
  const late = await send(to(port));
  await sleep(20);
  assert.equal(text(await late.bytes()), 'hello');
});

test('a kept-alive socket that has died is stale, and the next one is fresh', async (t) => {
  const { port, sockets } = await tcpServer(
    t,
    answering((_head, number, socket) => (number === 0 ? ok() : void socket.destroy())),
  );
  const send = client(t);
  await (await send(to(port))).bytes();
  await assert.rejects(send(to(port)), fails('stale'));
  await (await send(to(port))).bytes();
  assert.equal(sockets.length, 2);
});

test('after one stale socket the others kept as long are not tried', async (t) => {
  const { port, sockets } = await tcpServer(
    t,
    answering((_head, number, socket) => (number === 0 ? ok() : void socket.destroy())),
  );
  const send = client(t);
  await Promise.all([1, 2, 3].map(async () => (await send(to(port))).bytes()));
  await assert.rejects(send(to(port)), fails('stale'));
  await (await send(to(port))).bytes();
  assert.equal(sockets.length, 4);
});

test('bytes that nobody asked for are not taken for the next answer', async (t) => {
  const { port, sockets } = await tcpServer(
    t,
    answering((head, _number, socket) => {
      if (head.includes('first')) setTimeout(() => socket.write(ok('wrong')), 10);
      return ok('right');
    }),
  );
  const send = client(t);
  await (await send(to(port, { path: '/first' }))).bytes();
  await sleep(30);
  assert.equal(text(await (await send(to(port))).bytes()), 'right');
  assert.equal(sockets.length, 2);
});

test('every wait ends: connect, first byte, idle in both directions', async (t) => {
  const silent = await tcpServer(t, (socket) => socket.resume());
  const deaf = await tcpServer(t, (socket) => socket.pause());
  const stuck = await tcpServer(t, (socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello'));
  });
  const send = client(t);
  const big = Buffer.alloc(16 << 20);
  let closed = 0;
  const waiting = {
    size: 10,
    open: () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: async () => ({ done: true as const, value: closed++ }),
      }),
    }),
  };
  const start = performance.now();
  await Promise.all([
    assert.rejects(
      send(to(silent.port, { secure: true, timeouts: { ...patient, connect: 50 } })),
      fails('timeout', 'connect', /50 ms/),
    ),
    assert.rejects(
      send(to(silent.port, { timeouts: { ...patient, firstByte: 50 } })),
      fails('timeout', 'firstByte'),
    ),
    assert.rejects(
      send(to(silent.port, { body: Buffer.alloc(70_000), timeouts: { ...patient, firstByte: 50 } })),
      fails('timeout', 'firstByte'),
    ),
    assert.rejects(
      send(to(deaf.port, { body: big, timeouts: { ...patient, firstByte: 20, idle: 60 } })),
      fails('timeout', 'idle'),
    ),
    assert.rejects(
      send(to(silent.port, { body: waiting, timeouts: { ...patient, firstByte: 20, idle: 60 } })),
      fails('timeout', 'idle'),
    ),
    assert.rejects(
      async () => (await send(to(stuck.port, { timeouts: { ...patient, idle: 50 } }))).bytes(),
      fails('timeout', 'idle'),
    ),
    assert.rejects(
      async () => {
        for await (const _ of await send(to(stuck.port, { timeouts: { ...patient, idle: 50 } })));
      },
      fails('timeout', 'idle'),
    ),
  ]);
  assert.equal(closed, 1);
  assert(performance.now() - start < 1000);
});

test('slow live transfers go on, in both directions, and so does a slow reader', async (t) => {
  const { port } = await tcpServer(t, (socket) => {
    let left = 0;
    socket.on('data', async (data) => {
      if (data.subarray(0, 3).toString() === 'GET') {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n');
        for (let i = 0; i < 8; i++) {
          await sleep(25);
          socket.write('x');
        }
        return;
      }
      if (left === 0) {
        left =
          Number(/content-length: (\d+)/.exec(data.toString('latin1'))![1]) + data.indexOf('\r\n\r\n') + 4;
      }
      left -= data.length;
      if (left === 0) socket.write(ok(''));
      socket.pause();
      await sleep(1);
      socket.resume();
    });
  });
  const send = client(t);
  const timeouts = { connect: 5000, firstByte: 70, idle: 100 };
  async function* slowly() {
    for (let i = 0; i < 8; i++) {
      await sleep(25);
      yield Buffer.from('x');
    }
  }
  const [got] = await Promise.all([
    send(to(port, { timeouts })).then((response) => response.bytes()),
    send(to(port, { timeouts, body: { size: 8, open: slowly } })),
    send(to(port, { timeouts: { ...timeouts, firstByte: 5000 }, body: Buffer.alloc(16 << 20) })),
    (async () => {
      let size = 0;
      for await (const chunk of await send(to(port, { timeouts }))) {
        if (size === 0) await sleep(130);
        size += chunk.length;
      }
      assert.equal(size, 8);
    })(),
  ]);
  assert.equal(text(got), 'xxxxxxxx');
});

test('an early answer ends the upload, closes its source and spends the socket', async (t) => {
  const { port, sockets } = await tcpServer(t, (socket, number) => {
    socket.once('data', () => {
      if (number < 2) socket.pause();
      socket.write(
        number === 1
          ? 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'
          : 'HTTP/1.1 403 Forbidden\r\ncontent-length: 6\r\n\r\ndenied',
      );
    });
  });
  const send = client(t);
  let closed = 0;
  let given = 0;
  async function* endless() {
    try {
      for (;;) {
        given++;
        yield Buffer.alloc(1 << 20);
        await sleep(1);
      }
    } finally {
      closed++;
    }
  }
  for (const expected of ['denied', '']) {
    const response = await send(to(port, { body: { size: 1 << 30, open: endless } }));
    assert.equal(response.status, 403);
    assert.equal(text(await response.bytes()), expected);
  }
  await sleep(10);
  const before = given;
  await (await send(to(port))).bytes();
  assert.deepEqual([closed, given, sockets.length], [2, before, 3]);
});

test('a source that fails or disagrees with its size fails the exchange, and no whole body is sent', async (t) => {
  const received: number[] = [];
  const { port } = await tcpServer(t, (socket, number) => {
    received[number] = 0;
    socket.on('data', (data) => {
      const end = data.indexOf('\r\n\r\n');
      received[number]! += data.length - (received[number] === 0 ? end + 4 : 0);
    });
  });
  const send = client(t);
  const failure = new Error('disk on fire');
  async function* failing() {
    yield Buffer.from('12345');
    throw failure;
  }
  const cases: [number, () => AsyncIterable<Uint8Array>, (error: unknown) => boolean][] = [
    [
      10,
      () => chunks('12345'),
      (error) => error instanceof RangeError && /5 bytes short of the 10/.test(error.message),
    ],
    [
      10,
      () => chunks('12345', '67890', '1'),
      (error) => error instanceof RangeError && /longer than the 10/.test(error.message),
    ],
    [3, () => chunks('12345'), (error) => error instanceof RangeError],
    [10, failing, (error) => error === failure],
    [
      10,
      () => {
        throw failure;
      },
      (error) => error === failure,
    ],
  ];
  for (const [size, open, expected] of cases)
    await assert.rejects(send(to(port, { body: { size, open } })), expected);
  await sleep(10);
  assert.deepEqual(
    received.map((bytes, i) => bytes < cases[i]![0]),
    cases.map(() => true),
  );
});

test('unread responses that hold every socket fail a waiting request and are named', async (t) => {
  const { port } = await tcpServer(
    t,
    answering(() => ok('x'.repeat(100))),
  );
  const send = client(t, { sockets: 2 });
  const timeouts = { ...patient, idle: 60 };
  const one = await send(to(port, { label: 'GetObject b/one', timeouts }));
  const two = await send(to(port, { label: 'GetObject b/two', timeouts }));
  await assert.rejects(
    send(to(port, { timeouts })),
    fails('timeout', 'socket', /2 responses that nobody reads.*GetObject b\/one, GetObject b\/two/),
  );
  const third = send(to(port, { timeouts }));
  one.discard();
  assert.equal((await (await third).bytes()).length, 100);
  assert.equal((await two.bytes()).length, 100);
});

test('waiting goes on behind a live transfer, and sockets are given out in turn', async (t) => {
  const { port, sockets } = await tcpServer(t, (socket) => {
    socket.on('data', async (data) => {
      if (!data.includes('/slow')) {
        socket.write(ok(/key-\d/.exec(data.toString())![0]));
        return;
      }
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n');
      for (let i = 0; i < 8; i++) {
        await sleep(20);
        socket.write('x');
      }
    });
  });
  const send = client(t, { sockets: 2 });
  const timeouts = { ...patient, idle: 60 };
  const order: string[] = [];
  const unread = await send(to(port, { path: '/key-0', timeouts }));
  const slow = send(to(port, { path: '/slow', timeouts })).then((response) => response.bytes());
  const queued = [1, 2, 3].map(async (n) => {
    const response = await send(to(port, { path: `/key-${n}`, timeouts }));
    order.push(text(await response.bytes()));
  });
  await Promise.all([slow, ...queued]);
  assert.deepEqual(order, ['key-1', 'key-2', 'key-3']);
  assert.equal(sockets.length, 2);
  unread.discard();
});

test('never opens more sockets than allowed, and one signal for all is no leak', async (t) => {
  let open = 0;
  let most = 0;
  const { port } = await tcpServer(t, (socket) => {
    most = Math.max(most, ++open);
    socket.on('close', () => open--);
    answering((head) =>
      head.includes('close') ? ok().replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n') : ok(),
    )(socket);
  });
  const send = client(t, { sockets: 4 });
  const { signal } = new AbortController();
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on('warning', warn);
  t.after(() => process.off('warning', warn));
  await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      const response = await send(to(port, { path: n % 5 ? '/keep' : '/close' }), signal);
      assert.equal(text(await response.bytes()), 'hello');
    }),
  );
  await sleep(1);
  assert.deepEqual(warnings, []);
  // A socket the server is closing may still count there when its successor opens.
  assert(most <= 5, `${most} sockets`);
});

test('an abort ends the exchange at any moment with its reason and leaves no listener', async (t) => {
  const { port } = await tcpServer(t, (socket) => {
    socket.once('data', (data) => {
      if (data.includes('/stall')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nhello');
    });
  });
  const send = client(t, { sockets: 1 });
  const reason = new Error('enough');
  const body = Buffer.alloc(32 << 20);
  const moments: [string, (signal: AbortSignal) => Promise<unknown>][] = [
    ['connect', (signal) => send(to(port, { secure: true }), signal)],
    ['first byte', (signal) => send(to(port), signal)],
    ['upload', (signal) => send(to(port, { body }), signal)],
    ['bytes', async (signal) => (await send(to(port, { path: '/stall' }), signal)).bytes()],
    [
      'iteration',
      async (signal) => {
        for await (const _ of await send(to(port, { path: '/stall' }), signal));
      },
    ],
    [
      'unread',
      async (signal) => {
        const response = await send(to(port, { path: '/stall' }), signal);
        await sleep(20);
        return response.bytes();
      },
    ],
    [
      'queue',
      async (signal) => {
        const held = await send(to(port, { path: '/stall' }));
        try {
          await send(to(port), signal);
        } finally {
          held.discard();
        }
      },
    ],
  ];
  for (const [name, act] of moments) {
    const controller = new AbortController();
    const acted = act(controller.signal);
    setTimeout(() => controller.abort(reason), 10);
    await assert.rejects(acted, (error) => error === reason, name);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0, name);
  }
  await assert.rejects(send(to(port), AbortSignal.abort(reason)), (error) => error === reason);
});

test('a slow reader holds the sender back', async (t) => {
  let sent = 0;
  const { port } = await tcpServer(t, (socket) => {
    const chunk = Buffer.alloc(1 << 20);
    const more = () => {
      while (sent < 64 << 20) {
        sent += chunk.length;
        if (!socket.write(chunk)) {
          socket.once('drain', more);
          return;
        }
      }
    };
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${64 << 20}\r\n\r\n`);
      more();
    });
  });
  const response = await client(t)(to(port));
  let size = 0;
  for await (const chunk of response) {
    if (size === 0) {
      await sleep(60);
      assert(sent < 32 << 20, `${sent} bytes`);
    }
    size += chunk.length;
  }
  assert.equal(size, 64 << 20);
});

test('refuses an answer past the limit, and drops a long one that is discarded', async (t) => {
  const { port, sockets } = await tcpServer(
    t,
    answering((head) =>
      head.includes('chunked')
        ? 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhello\r\n'
        : ok('x'.repeat(200_000)),
    ),
  );
  const send = client(t);
  await assert.rejects((await send(to(port))).bytes(1000), fails('protocol', undefined, /longer than 1000/));
  await assert.rejects((await send(to(port, { path: '/chunked' }))).bytes(9), fails('protocol'));
  (await send(to(port))).discard();
  for await (const _ of await send(to(port))) break;
  assert.equal(sockets.length, 4);
  while (sockets.some((socket) => !socket.closed)) await sleep(1);
});

test('what cannot be connected to is kind connect', async (t) => {
  const { port, sockets } = await tcpServer(t, (socket) => socket.destroy());
  const send = client(t);
  await assert.rejects(send(to(port, { secure: true })), fails('connect'));
  assert.equal(sockets.length, 1);
  const server = createHttpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const free = (server.address() as { port: number }).port;
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(send(to(free)), fails('connect', undefined, /ECONNREFUSED/));
  await assert.rejects(send(to(80, { hostname: 'nowhere.invalid' })), fails('connect'));
  await assert.rejects(send(to(70_000)), RangeError);
});

test('control characters are refused before anything is sent, and the socket stays in order', async (t) => {
  const { port } = await tcpServer(
    t,
    answering(() => ok()),
  );
  const send = client(t, { sockets: 1 });
  const host = `127.0.0.1:${port}`;
  await assert.rejects(send(to(port, { path: '/a b' })), TypeError);
  await assert.rejects(send(to(port, { path: '/a\r\nx: y' })), TypeError);
  await assert.rejects(send(to(port, { headers: { host, 'x-a': 'b\r\nc: d' } })), TypeError);
  await assert.rejects(send(to(port, { headers: { host, 'x\na': 'b' } })), TypeError);
  assert.equal(text(await (await send(to(port))).bytes()), 'hello');
});

test('printing a response shows nothing of the request', async (t) => {
  const { port } = await tcpServer(
    t,
    answering(() => ok()),
  );
  const response = await client(t)(
    to(port, { headers: { host: 'h', authorization: 'AWS4 Signature=secret' } }),
  );
  const { inspect } = await import('node:util');
  assert.doesNotMatch(inspect(response, { depth: 9, showHidden: true }) + JSON.stringify(response), /secret/);
  response.discard();
});

test('unused sockets are dropped after their time, and at close', async (t) => {
  const { port, sockets } = await tcpServer(
    t,
    answering(() => ok()),
  );
  const brief = client(t, { keepAlive: 30 });
  await (await brief(to(port))).bytes();
  await once(sockets[0]!, 'close');
  const kept = client(t);
  await (await kept(to(port))).bytes();
  const unread = await kept(to(port));
  kept.close();
  assert.equal(text(await unread.bytes()), 'hello');
  await once(sockets[1]!, 'close');
  await assert.rejects(kept(to(port)), TypeError);
  assert.throws(() => httpTransport({ sockets: 0 }), RangeError);
});

test('TLS: certificates are checked by default, against `ca`, or not at all', async (t) => {
  const file = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));
  const names: (string | false | null)[] = [];
  const resumed: boolean[] = [];
  const tls = createTlsServer({ cert: file('cert'), key: file('key') });
  const { port } = await listen(t, tls, 'secureConnection', (socket: Socket) => {
    names.push((socket as TLSSocket).servername);
    resumed.push((socket as TLSSocket).isSessionReused());
    answering(() => ok().replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'))(socket);
  });
  const plain = await tcpServer(t, (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n')),
  );
  await assert.rejects(client(t)(to(port, { secure: true })), fails('protocol', undefined, /self-signed/));
  await assert.rejects(client(t)(to(plain.port, { secure: true })), fails('protocol'));
  names.length = resumed.length = 0;
  const trusting = client(t, { ca: file('cert') });
  for (const hostname of ['localhost', 'localhost', '127.0.0.1']) {
    assert.equal(text(await (await trusting(to(port, { secure: true, hostname }))).bytes()), 'hello');
  }
  assert.equal(text(await (await client(t, { verify: false })(to(port, { secure: true }))).bytes()), 'hello');
  assert.deepEqual(names, ['localhost', 'localhost', false, false]);
  assert.deepEqual(resumed, [false, true, false, false]);
});

test('IPv6 addresses', async (t) => {
  let server: Awaited<ReturnType<typeof tcpServer>>;
  try {
    server = await tcpServer(
      t,
      answering(() => ok()),
      '::1',
    );
  } catch {
    return t.skip('no IPv6 on this machine');
  }
  const response = await client(t)(to(server.port, { hostname: '::1' }));
  assert.equal(text(await response.bytes()), 'hello');
});

test('the process ends by itself, kept-alive sockets or not; unread responses end it with an error', async (t) => {
  const { port } = await tcpServer(
    t,
    answering(() => ok()),
  );
  const source = `
    import { httpTransport } from ${JSON.stringify(new URL('../../src/node/http-transport.ts', import.meta.url).href)};
    const send = httpTransport({ sockets: 1 });
    const request = ${JSON.stringify(to(port, { timeouts: { ...patient, idle: 50 } }))};
    console.log((await (await send(request)).bytes()).length);
    await send(request);
    await send(request).catch((error) => console.log(error.phase));
  `;
  const start = performance.now();
  const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', source],
      { timeout: 8000 },
      (error, stdout) => resolve({ code: error?.code ?? 0, stdout }),
    );
  });
  assert.deepEqual([code, stdout], [0, '5\nsocket\n']);
  assert(performance.now() - start < 5000);
});
