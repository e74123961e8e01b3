import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../../src/client/connection.ts';
import { Pool as PortablePool } from '../../src/client/pool.ts';
import type { Transport } from '../../src/http/transport.ts';
import { Pool } from '../../src/index.node.ts';
import { nodeHashes } from '../../src/node/hash.ts';
import { headObject } from '../../src/operations/head-object.ts';
import { S3Error } from '../../src/protocol/error.ts';
import { createServer } from '../../src/server/index.ts';
import {
  type Answer,
  accessKey,
  errorXml,
  scriptedTransport,
  secretKey,
} from '../support/scripted-transport.ts';

const keys = { accessKey, secretKey, defaultBucket: 'bkt', endpoint: 'http://127.0.0.1:9000' };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Waits, though not for long: what is loaded on demand takes many turns the first time. */
async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 2000; !condition() && Date.now() < end; ) await turn();
}
const never = (): never => assert.fail('nothing was to be sent');
const isClosed = /^TypeError: The pool has been closed$/;

/** A service that answers everything once `open` is called, and counts what is on its way. */
function gate(answer: Answer = {}) {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const seen = { labels: [] as string[], running: 0, most: 0, open };
  const transport: Transport = async (request, signal) => {
    seen.labels.push(request.label);
    seen.most = Math.max(seen.most, ++seen.running);
    try {
      await opened;
      await turn();
      return await scriptedTransport([answer])(request, signal);
    } finally {
      seen.running--;
    }
  };
  return Object.assign(seen, { transport });
}

const server = await createServer({ users: [{ accessKey, secretKey }] });
const endpoint = await server.listen();
await using setup = new Pool({ accessKey, secretKey, endpoint, pathStyle: true });
await setup.createBucket('bkt');
after(() => server.close());

/** A pool of the real client against the embedded server. */
function realPool(t: TestContext, options: ConstructorParameters<typeof Pool>[0] & object = {}): Pool {
  const pool = new Pool({ ...keys, endpoint, ...options });
  t.after(() => pool.close());
  return pool;
}

/** How each method is called, and what it is answered with. */
const verbs: Record<string, [call: (pool: Pool) => unknown, answer?: Answer]> = {
  createBucket: [(pool) => pool.createBucket('bucket')],
  deleteBucket: [(pool) => pool.deleteBucket('bucket'), { status: 204 }],
  headBucket: [(pool) => pool.headBucket()],
  listBuckets: [
    (pool) => pool.listBuckets(),
    { body: '<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>' },
  ],
  upload: [(pool) => pool.upload('key', 'body')],
  uploadFile: [(pool) => pool.uploadFile('key', import.meta.filename)],
  initiateMultipartUpload: [
    (pool) => pool.initiateMultipartUpload('key'),
    { body: '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>' },
  ],
  listMultipartUploads: [
    (pool) => iterated(pool.listMultipartUploads()),
    { body: '<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>' },
  ],
  getAllMultipartUploads: [
    (pool) => pool.getAllMultipartUploads(),
    { body: '<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>' },
  ],
  get: [(pool) => pool.get('key')],
  // No object, so no file.
  download: [(pool) => pool.download('key', '/nowhere/to/be/found').catch(() => {}), { status: 404 }],
  list: [
    (pool) => iterated(pool.list()),
    { body: '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>' },
  ],
  delete: [(pool) => pool.delete('key'), { status: 204 }],
  deleteMany: [
    (pool) => pool.deleteMany(['key']),
    { body: '<DeleteResult><Deleted><Key>key</Key></Deleted></DeleteResult>' },
  ],
  copy: [
    (pool) => pool.copy({ fromKey: 'key', toKey: 'other' }),
    { body: '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>' },
  ],
  headObject: [(pool) => pool.headObject('key')],
  exists: [(pool) => pool.exists('key')],
  updateMetadata: [(pool) => pool.updateMetadata('key', { public: true })],
  send: [(pool) => pool.send(headObject, { key: 'key' })],
};

async function iterated(list: AsyncIterable<unknown>): Promise<void> {
  for await (const each of list) assert.fail(`${each}`);
}

for (const [name, [call, answer]] of Object.entries(verbs)) {
  test(`${name} waits for its turn`, async () => {
    const free = gate(answer);
    free.open();
    // Once for the modules it loads, so that it needs no more than a turn or two.
    await call(new Pool({ ...keys, transport: free.transport }));
    assert.ok(free.labels.length >= 1);

    const { transport, open, labels } = gate(answer);
    const pool = new Pool({ ...keys, transport, size: 1 });
    const first = pool.get('first').catch(() => {});
    const result = Promise.resolve(call(pool));
    await sleep(5);
    assert.deepEqual(labels, ['GetObject bkt/first']);
    open();
    await Promise.all([first, result]);
    assert.deepEqual(labels.slice(1), free.labels);
  });
}

test('every method that sends something is known to wait for its turn', () => {
  const others = ['constructor', 'defaultBucket', 'presign', 'presignPost', 'toJSON'];
  const methods = Object.getOwnPropertyNames(Connection.prototype).filter((name) => !others.includes(name));
  assert.deepEqual(
    methods.filter((name) => !(name in verbs)),
    [],
  );
});

test('never more than its size on their way, begun in the order of the calls; five if nobody says', async () => {
  for (const [size, expected] of [
    [undefined, 5],
    [1, 1],
    [20, 20],
  ] as const) {
    const service = gate();
    const pool = new Pool({ ...keys, transport: service.transport, size });
    assert.equal(pool.size, expected);
    const names = Array.from({ length: 50 }, (_, index) => `k${index}`);
    const futures = names.map((name) => pool.get(name));
    await turn();
    assert.equal(service.labels.length, expected);
    service.open();
    await pool.allCompleted(futures);
    assert.equal(service.most, expected);
    assert.deepEqual(
      service.labels,
      names.map((name) => `GetObject bkt/${name}`),
    );
  }
});

test('ten thousand uploads have not begun to read their bodies', async () => {
  const { transport, open } = gate();
  const pool = new Pool({ ...keys, transport, size: 4 });
  let opened = 0;
  const body = () => {
    opened++;
    return 'body';
  };
  const futures = Array.from({ length: 10_000 }, (_, index) => pool.upload(`k${index}`, body));
  await until(() => opened === 4);
  await turn();
  assert.equal(opened, 4);
  open();
  assert.equal((await pool.allCompleted(futures)).length, 10_000);
  assert.equal(opened, 10_000);
});

test('one failed job neither hides the others nor is an unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const noted = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', noted);
  const { transport } = gate({ status: 403, body: errorXml('AccessDenied') });
  const refusing = new Pool({ ...keys, transport });
  for (const [name, [call]] of Object.entries(verbs)) if (!/^list(?!Buckets)/.test(name)) call(refusing);
  await turn();
  void refusing.upload('', 'body');
  void refusing.get('k', { range: { first: 5, last: 1 } });

  const steps: Answer[] = [{}, { status: 403 }, {}];
  const pool = new Pool({ ...keys, transport: scriptedTransport(steps), size: 1 });
  const futures = ['a', 'b', 'c'].map((key) => pool.headObject(key));
  const outcomes: string[] = [];
  await sleep(10);
  for await (const future of pool.asCompleted(futures)) {
    try {
      outcomes.push(`${future.index} ${future.result().status}`);
    } catch (error) {
      outcomes.push(`${future.index} ${(error as S3Error).code}`);
    }
  }
  assert.deepEqual(outcomes, ['0 200', '1 Forbidden', '2 200']);
  await assert.rejects(futures[1]!, S3Error);
  await assert.rejects(pool.allCompleted(futures), S3Error);
  await turn();
  process.off('unhandledRejection', noted);
  assert.deepEqual(unhandled, []);
});

test('bad arguments are refused as a connection refuses them', async () => {
  const pool = new Pool({ ...keys, transport: never });
  await assert.rejects(pool.get(''), TypeError);
  await assert.rejects(pool.upload('k', 5 as never), TypeError);
  await assert.rejects(pool.headObject('k', 'no/bucket'), TypeError);
  assert.throws(() => pool.list('', { pageSize: 0 }), RangeError);
  for (const size of [0, -1, 1.5, Number.NaN, '5' as never]) {
    assert.throws(() => new Pool({ ...keys, size }), /^RangeError: size must be an integer from 1$/);
  }
});

test('the constructor takes keys and then options, or the default bucket', async () => {
  const pool = new Pool('key', 'secret', { size: 20, defaultBucket: 'mine' });
  assert.deepEqual([pool.size, pool.defaultBucket], [20, 'mine']);
  assert.deepEqual([new Pool('key', 'secret', 'mine').size, pool.defaultBucket], [5, 'mine']);
  assert.equal(JSON.stringify(pool).includes('secret'), false);
});

test('a waiting call leaves at once when its signal aborts, and its stream is ended', async () => {
  const { transport, open, labels } = gate();
  const pool = new Pool({ ...keys, transport, size: 1 });
  const first = pool.get('first');
  const controller = new AbortController();
  const { signal } = controller;
  const stream = new Readable({ read: never });
  let opened = 0;
  const waiting = [
    pool.get('second', { signal }),
    pool.upload('third', stream, { signal }),
    pool.upload('fourth', () => `${opened++}`, { signal }),
    pool.upload('fifth', 5 as never, { signal }),
    pool.deleteMany(['sixth'], { signal }),
    pool.list('', { signal })[Symbol.asyncIterator]().next(),
  ];
  const last = pool.get('last');
  await turn();
  const reason = new Error('enough');
  controller.abort(reason);
  for (const outcome of await Promise.allSettled(waiting))
    assert.deepEqual(outcome, { status: 'rejected', reason });
  assert.deepEqual(labels, ['GetObject bkt/first']);
  await until(() => stream.destroyed);
  assert.deepEqual([stream.destroyed, opened], [true, 0]);
  open();
  await Promise.all([first, last]);
  assert.deepEqual(labels, ['GetObject bkt/first', 'GetObject bkt/last']);
});

test('close waits for what runs and what waits; then calls are refused before anything is sent', async () => {
  const { transport, open, labels } = gate();
  let closed = 0;
  const pool = new PortablePool(
    { hashes: nodeHashes, transport: () => Object.assign(transport, { close: () => closed++ }) },
    [{ ...keys, size: 1 }],
  );
  const futures = [pool.get('a'), pool.get('b'), pool.deleteMany([])];
  const order: string[] = [];
  await pool.close({ wait: false });
  const closing = pool.close().then(() => order.push('closed'));
  const stream = new Readable({ read: never });
  const refused = await Promise.allSettled([
    pool.get('c'),
    pool.upload('d', stream),
    pool.deleteMany(['e']),
    pool.list()[Symbol.asyncIterator]().next(),
    pool.map(['f'], never).next(),
  ]);
  for (const outcome of refused) assert.match(`${(outcome as PromiseRejectedResult).reason}`, isClosed);
  await until(() => stream.destroyed);
  assert.equal(stream.destroyed, true);
  assert.equal(closed, 0);
  open();
  await Promise.all(futures.map((future) => future.then(() => order.push('ended'))));
  await closing;
  await pool.close();
  assert.deepEqual(order, ['ended', 'ended', 'ended', 'closed']);
  assert.deepEqual(labels, ['GetObject bkt/a', 'GetObject bkt/b']);
  assert.equal(closed, 1);
});

test("a transport of the caller's is not closed", async () => {
  const transport = Object.assign(gate().transport, { close: never });
  await new Pool({ ...keys, transport }).close();
});

test('await using waits for everything, also when a call failed', async () => {
  const ended: string[] = [];
  {
    await using pool = new Pool({ ...keys, endpoint, size: 2 });
    for (const key of ['a', 'b', 'c', 'd']) pool.upload(`using/${key}`, key).then(() => ended.push(key));
    pool.get('using/none');
  }
  assert.deepEqual(ended.sort(), ['a', 'b', 'c', 'd']);
});

test('a pool that is closed leaves no socket open', async () => {
  const pool = new Pool({ ...keys, endpoint, size: 3 });
  await pool.allCompleted(['a', 'b', 'c'].map((key) => pool.upload(`sockets/${key}`, key)));
  const before = sockets();
  assert.ok(before >= 3);
  await pool.close();
  await sleep(5);
  assert.ok(sockets() <= before - 3);
});

function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

test('sockets follow the size, unless they are given', () => {
  for (const [size, sockets] of [
    [undefined, 64],
    [20, 64],
    [200, 400],
  ] as const) {
    const asked: unknown[] = [];
    const transport = (options: { sockets?: number | undefined }, suitable?: number) => {
      asked.push(options.sockets, suitable);
      return never as never;
    };
    new PortablePool({ hashes: nodeHashes, transport }, [{ ...keys, size }]);
    new PortablePool({ hashes: nodeHashes, transport }, [{ ...keys, size, sockets: 7 }]);
    assert.deepEqual(asked, [undefined, sockets, 7, sockets]);
  }
});

test('answers that nobody reads become an error that names them', async (t) => {
  const pool = realPool(t, { size: 4, sockets: 2, timeouts: { idle: 80 } });
  const body = new Uint8Array(400_000);
  await pool.allCompleted(['unread/1', 'unread/2'].map((key) => pool.upload(key, body)));
  const unread = await pool.allCompleted(['unread/1', 'unread/2'].map((key) => pool.get(key)));
  await assert.rejects(pool.headObject('unread/1'), (error: S3Error) => {
    assert.equal(error.code, 'Timeout');
    assert.match(error.message, /GetObject bkt\/unread\/1/);
    assert.match(error.message, /GetObject bkt\/unread\/2/);
    return true;
  });
  for (const response of unread) response.cancel();
  assert.equal((await pool.headObject('unread/1')).size, 400_000);
});

test('with a size of 1, calls that wait for each other do not hang', async (t) => {
  const pool = realPool(t, { size: 1 });
  const names = ['one/a', 'one/b', 'one/c'];
  await pool.allCompleted(names.map((name) => pool.upload(name, new Uint8Array(300_000))));

  const copies = await Promise.all(
    names.map(async (name) =>
      pool.upload(`${name}.copy`, (await pool.get(name)).body, { contentLength: 300_000 }),
    ),
  );
  assert.deepEqual(
    copies.map(({ status }) => status),
    [200, 200, 200],
  );

  const sizes: number[] = [];
  for await (const { result } of pool.map(pool.list('one/', { pageSize: 2 }), async ({ key }) => {
    const response = await pool.get(key);
    const bytes = await response.bytes();
    await pool.upload(`${key}.again`, bytes.subarray(0, 10));
    return (await pool.headObject(`${key}.again`)).size;
  })) {
    sizes.push(result());
  }
  assert.ok(sizes.length >= 6);
  assert.ok(sizes.every((size) => size === 10));

  async function* listed() {
    for await (const { key } of pool.list('one/', { pageSize: 2 })) yield key;
  }
  const { deleted } = await pool.deleteMany(listed());
  assert.ok(deleted.length >= 9);
  for await (const { key } of pool.list('one/')) assert.fail(key);
});

test('map runs as many jobs as the pool has places, and keeps within them', async () => {
  const service = gate({ headers: { 'content-length': '7' } });
  const pool = new Pool({ ...keys, transport: service.transport, size: 3 });
  service.open();
  let running = 0;
  let most = 0;
  let count = 0;
  for await (const { input, result } of pool.map(
    Array.from({ length: 40 }, (_, index) => `k${index}`),
    async (key) => {
      most = Math.max(most, ++running);
      const both = await Promise.all([pool.headObject(key), pool.exists(key)]);
      running--;
      return both[0].size;
    },
  )) {
    assert.match(input, /^k\d+$/);
    assert.equal(result(), 7);
    count++;
  }
  assert.deepEqual([count, most, service.most, service.labels.length], [40, 3, 3, 80]);
});
