import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { encodePath } from '../../src/protocol/uri.ts';
import { createServer } from '../../src/server/index.ts';
import { type Asked, alice, now, sign, startHarness } from './s3-harness.ts';

const { server } = await startHarness();
const url = new URL(await server.listen());
after(() => server.close());
const agent = new http.Agent({ keepAlive: true });
after(() => agent.destroy());

interface Received {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** Sends a request whose path goes on the wire as it is. */
function send(
  method: string,
  path: string,
  asked: Asked & { raw?: Record<string, string | string[]> } = {},
): Promise<Received> {
  const { query, headers } = sign(method, path, { ...asked, host: url.host });
  return exchange(
    method,
    encodePath(path) + (query && `?${query}`),
    { ...headers, ...asked.raw },
    asked.body,
  );
}

function exchange(
  method: string,
  path: string,
  headers: Record<string, string | string[]>,
  body?: string | Uint8Array,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { agent, host: url.hostname, port: url.port, method, path, headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Writes text to a new connection and gives all that comes until the other side closes it. */
async function raw(text: string, whileOpen: (socket: Socket) => void = () => {}): Promise<string> {
  const socket = connect(Number(url.port), url.hostname);
  socket.write(text, 'latin1');
  whileOpen(socket);
  let received = '';
  socket.on('error', () => {});
  for await (const chunk of socket) received += chunk;
  return received;
}

test('the URL is that of a free port on the loopback', () => {
  assert.match(server.url!, /^http:\/\/127\.0\.0\.1:\d+$/);
});

test('keys that URLs fold are told apart on the wire', async () => {
  const keys = [
    'a/../b',
    'a/./b',
    '..',
    '.',
    '../up',
    'b',
    '/b',
    '//b',
    'a%2Fb',
    'a/b',
    'a\\b',
    '\n',
    'x?y#z',
    '😀',
  ];
  for (const key of keys) assert.equal((await send('PUT', `/box/${key}`, { body: key })).status, 200, key);
  for (const key of keys) assert.equal((await send('GET', `/box/${key}`)).body.toString(), key);
  assert.equal((await exchange('GET', 'http://other/box/b', {})).status, 400);
});

test('a body of 8 MiB goes both ways', async () => {
  const body = Buffer.alloc(8 * 1024 * 1024, 'minis3');
  assert.equal((await send('PUT', '/box/large', { body })).status, 200);
  const got = await send('GET', '/box/large');
  assert.ok(got.body.equals(body));
  assert.equal(got.headers['content-length'], String(body.length));
  const head = await send('HEAD', '/box/large');
  assert.equal(head.headers['content-length'], String(body.length));
  assert.equal(head.headers['date'], new Date(now).toUTCString());
});

test('a reader who goes away in the middle leaves the server as it was', async () => {
  const { headers } = sign('GET', '/box/large', { host: url.host });
  for (let i = 0; i < 3; i++) {
    await new Promise<void>((resolve) => {
      const request = http.get(
        { host: url.hostname, port: url.port, path: '/box/large', headers },
        (response) => {
          response.once('data', () => response.destroy());
          response.once('close', resolve);
        },
      );
      request.on('error', () => {});
    });
  }
  assert.equal((await send('HEAD', '/box/large')).status, 200);
});

test('headers: any case, repeated ones joined, as they are signed', async () => {
  const { headers } = sign('PUT', '/box/headers', {
    host: url.host,
    headers: { 'x-amz-meta-a': 'b,c', 'content-type': 'text/ü' },
    body: 'x',
  });
  const { 'x-amz-meta-a': _, ...others } = headers;
  const sent = { ...others, 'X-AMZ-Meta-A': ['b', 'c'] };
  // Signatures are over bytes: what was signed as UTF-8 has to come as UTF-8.
  const latin1 = await exchange('PUT', '/box/headers', sent, Buffer.from('x'));
  assert.equal(latin1.status, 403);
  const utf8 = Buffer.from('text/ü').toString('latin1');
  const put = await exchange('PUT', '/box/headers', { ...sent, 'content-type': utf8 }, Buffer.from('x'));
  assert.equal(put.status, 200, put.body.toString());
  const got = await send('GET', '/box/headers');
  assert.deepEqual([got.headers['x-amz-meta-a'], got.headers['content-type']], ['b,c', utf8]);
});

test('a body without a length is refused, and so is one with HTTP chunks', async () => {
  const bare = await raw(`PUT /box/k HTTP/1.1\r\nHost: ${url.host}\r\nConnection: close\r\n\r\n`);
  assert.match(bare, /^HTTP\/1\.1 411 /);
  const chunked = await send('PUT', '/box/chunked', { body: 'x', raw: { 'transfer-encoding': 'chunked' } });
  assert.equal(chunked.status, 411);
  assert.match(chunked.body.toString(), /<Code>MissingContentLength</);
});

test('who asks first is told at once, and sends nothing when refused', async () => {
  const put = (key: string, secretKey: string) => {
    const { headers } = sign('PUT', `/box/${key}`, {
      host: url.host,
      body: 'hello',
      user: { ...alice, secretKey },
      headers: { 'content-length': '5' },
    });
    return new Promise<{ continued: boolean; status: number }>((resolve, reject) => {
      let continued = false;
      const request = http.request(
        {
          host: url.hostname,
          port: url.port,
          path: `/box/${key}`,
          method: 'PUT',
          headers: { ...headers, expect: '100-continue' },
        },
        (response) => {
          response.resume().on('end', () => resolve({ continued, status: response.statusCode! }));
          if (!continued) request.destroy();
        },
      );
      request.on('continue', () => {
        continued = true;
        request.end('hello');
      });
      request.on('error', reject);
      request.flushHeaders();
    });
  };
  assert.deepEqual(await put('asked', alice.secretKey), { continued: true, status: 200 });
  assert.deepEqual(await put('refused', 'wrong'), { continued: false, status: 403 });
});

test('a refused body is read for a while, so that the client sees the refusal', async () => {
  const body = Buffer.alloc(3 * 1024 * 1024);
  const refused = await send('PUT', '/box/refused', { body, user: { ...alice, secretKey: 'wrong' } });
  assert.equal(refused.status, 403);
  assert.match(refused.body.toString(), /<Code>SignatureDoesNotMatch</);
  assert.equal(refused.headers['connection'], 'close');
  assert.equal((await send('HEAD', '/box/refused')).status, 404);
});

test('a body that breaks off leaves no object', async () => {
  const { headers } = sign('PUT', '/box/broken', {
    host: url.host,
    headers: { 'content-length': '10' },
    payloadHash: 'UNSIGNED-PAYLOAD',
  });
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  await raw(`PUT /box/broken HTTP/1.1\r\n${head.join('')}\r\n12345`, (socket) =>
    setTimeout(() => socket.destroy(), 20),
  ).catch(() => {});
  assert.equal((await send('HEAD', '/box/broken')).status, 404);
});

test('what is not HTTP, and heads without end', async () => {
  assert.match(await raw('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 /);
  const endless = await raw(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`);
  assert.match(endless, /^HTTP\/1\.1 431 /);
  const long = await raw(`GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ${'x'.repeat(9000)}\r\n\r\n`);
  assert.match(long, /^HTTP\/1\.1 400 [\s\S]*RequestHeaderSectionTooLarge/);
  const smuggled = await raw(
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
  );
  assert.match(smuggled, /^HTTP\/1\.1 400 /);
});

test('HTTPS with a certificate of one’s own', async () => {
  const tls = new URL('../fixtures/tls/', import.meta.url);
  const secure = await createServer({
    tls: { key: readFileSync(new URL('key.pem', tls)), cert: readFileSync(new URL('cert.pem', tls), 'utf8') },
  });
  const secureUrl = await secure.listen();
  assert.match(secureUrl, /^https:\/\/127\.0\.0\.1:/);
  const status = await new Promise((resolve, reject) => {
    https
      .get(secureUrl, { rejectUnauthorized: false, agent: false }, (response) =>
        resolve(response.resume().statusCode),
      )
      .on('error', reject);
  });
  assert.equal(status, 403);
  await secure.close();
});

test('listening twice, on a port that is taken, and after the end', async () => {
  await assert.rejects(server.listen(), /listens already/);
  const other = await createServer();
  await assert.rejects(other.listen(Number(url.port)), { code: 'EADDRINUSE' });
  await other.listen();
  await other.close();
  assert.equal(other.url, undefined);
  await assert.rejects(other.listen(), /closed/);
});

test('closing ends connections, idle or in use, and resolves, every time', async () => {
  const { server, ask } = await startHarness();
  await ask('PUT', '/box/large', { body: Buffer.alloc(4 * 1024 * 1024) });
  const { port, host } = new URL(await server.listen());
  const idle = connect(Number(port), '127.0.0.1').resume();
  const { headers } = sign('GET', '/box/large', { host });
  const response = await new Promise<http.IncomingMessage>((resolve) =>
    http.get({ port, path: '/box/large', headers }, resolve),
  );
  const closed = [once(idle, 'close'), once(response, 'error')];
  await Promise.all([server.close(), server.close()]);
  response.resume();
  await Promise.all(closed);
});

test('users have to make sense', async () => {
  await assert.rejects(createServer({ users: [{ accessKey: '', secretKey: 'a' }] }), TypeError);
  await assert.rejects(createServer({ users: [alice, alice] }), TypeError);
});
