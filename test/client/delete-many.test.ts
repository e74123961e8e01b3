import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deleteMany } from '../../src/client/delete-many.ts';
import type { Sender } from '../../src/client/send.ts';
import { Connection } from '../../src/index.node.ts';
import { S3Error } from '../../src/protocol/error.ts';
import { createServer } from '../../src/server/index.ts';
import {
  type Answer,
  accessKey,
  errorXml,
  type RecordedRequest,
  type Step,
  scriptedSender,
  secretKey,
} from '../support/scripted-transport.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a request asks to delete, as it is written. */
function asked({ body }: RecordedRequest): string[] {
  const text = new TextDecoder().decode(body);
  return [...text.matchAll(/<Object>(.*?)<\/Object>/g)].map(([, object]) =>
    object!.replace(/^<Key>(.*)<\/Key>$/, '$1'),
  );
}

/** Deletes whatever is asked for, but for what `code` has a code for. */
function answering(
  code: (key: string, request: RecordedRequest) => string | undefined = () => undefined,
): Step {
  return (request) => {
    const results = asked(request).map((key) => {
      const failed = code(key, request);
      return failed
        ? `<Error><Key>${key}</Key><Code>${failed}</Code><Message>Told so</Message></Error>`
        : `<Deleted><Key>${key}</Key></Deleted>`;
    });
    return { body: `<DeleteResult>${results.join('')}</DeleteResult>` };
  };
}

const refusal: Answer = { status: 403, body: errorXml('AccessDenied') };
const names = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`);

/** Keys that tell when they are pulled. */
function pulled(count: number) {
  const seen = { pulled: 0, closed: false };
  async function* keys() {
    try {
      while (seen.pulled < count) yield `k${seen.pulled++}`;
    } finally {
      seen.closed = true;
    }
  }
  return Object.assign(seen, { keys: keys() });
}

test('2,500 keys of an async iterable are gone from a server, in three requests', async () => {
  await using server = await createServer({ users: [{ accessKey, secretKey }] });
  const endpoint = 'http://127.0.0.1:9000';
  const fetch: typeof globalThis.fetch = (...args) => server.fetch(new Request(...args));
  let sent = 0;
  const conn = new Connection({
    accessKey,
    secretKey,
    endpoint,
    defaultBucket: 'bkt',
    fetch,
    onRequest: () => sent++,
  });
  await conn.createBucket('bkt');
  const keys = names(2500);
  // That there is none is no error: one in ten is enough.
  const there = keys.filter((_, index) => index % 10 === 9);
  await Promise.all([...there, 'stays'].map((key) => conn.upload(key, '')));
  sent = 0;
  async function* source() {
    yield* keys;
  }
  const { deleted, errors } = await conn.deleteMany(source());
  assert.deepEqual(errors, []);
  assert.deepEqual(deleted.map(({ key }) => key).sort(), keys.sort());
  assert.equal(sent, 3);
  const left: string[] = [];
  for await (const { key } of conn.list()) left.push(key);
  assert.deepEqual(left, ['stays']);
});

test('batches go side by side, as many as told and four if not; the source is not read ahead of them', async () => {
  for (const [concurrency, expected] of [
    [undefined, 4],
    [2, 2],
  ] as const) {
    let open: () => void = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    const steps: Step[] = Array(10).fill((request: RecordedRequest) => ({
      ...(answering() as (request: RecordedRequest) => Answer)(request),
      after: opened,
    }));
    const { sender, requests } = scriptedSender(steps);
    const source = pulled(10_000);
    const result = deleteMany(sender, source.keys, { concurrency });
    while (requests.length < expected) await turn();
    await turn();
    await turn();
    assert.equal(requests.length, expected);
    assert.ok(source.pulled <= (expected + 1) * 1000);
    open();
    assert.equal((await result).deleted.length, 10_000);
    assert.equal(requests.length, 10);
  }
});

test('only the keys whose failure may pass are sent again, after a pause, and as often as any request', async () => {
  const always: Record<string, string> = { k1: 'AccessDenied', k2: 'InternalError' };
  let slow = 2;
  const step = answering((key) => always[key] ?? (key === 'k3' && slow-- > 0 ? 'SlowDown' : undefined));
  const { sender, requests, clock } = scriptedSender(Array(4).fill(step));
  const { deleted, errors } = await deleteMany(sender, names(5), {});
  assert.deepEqual(
    deleted.map(({ key }) => key),
    ['k0', 'k4', 'k3'],
  );
  assert.deepEqual(errors, [
    { key: 'k1', code: 'AccessDenied', message: 'Told so' },
    { key: 'k2', code: 'InternalError', message: 'Told so' },
  ]);
  assert.deepEqual(requests.map(asked), [['k0', 'k1', 'k2', 'k3', 'k4'], ['k2', 'k3'], ['k2', 'k3'], ['k2']]);
  // The pauses of throttling, twice, and of a failure.
  assert.deepEqual(clock.sleeps, [250, 500, 100]);

  const once = scriptedSender([answering(() => 'SlowDown')]);
  const alone = await deleteMany(once.sender, ['k'], { retry: { attempts: 1 } });
  assert.deepEqual(alone.errors, [{ key: 'k', code: 'SlowDown', message: 'Told so' }]);
});

test('a key that the answer does not mention is not taken for deleted', async () => {
  const { sender } = scriptedSender([
    { body: '<DeleteResult><Deleted><Key>a</Key></Deleted><Deleted><Key>c</Key></Deleted></DeleteResult>' },
  ]);
  const { deleted, errors } = await deleteMany(sender, ['a', 'b'], {});
  assert.deepEqual(deleted, [{ key: 'a' }]);
  assert.deepEqual(
    errors.map(({ key, code }) => [key, code]),
    [['b', 'BadResponse']],
  );
});

test('an error without a key, or about one that nobody asked for, is told and not sent again', async () => {
  const body =
    '<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>InternalError</Code></Error></DeleteResult>';
  const { sender } = scriptedSender([{ body }]);
  const { deleted, errors } = await deleteMany(sender, ['a'], {});
  assert.deepEqual(deleted, [{ key: 'a' }]);
  assert.deepEqual(errors, [{ key: 'b', code: 'InternalError', message: '' }]);
});

test('versions and conditions, and what lists give', async () => {
  const body =
    '<DeleteResult><Deleted><Key>a</Key><VersionId>v1</VersionId></Deleted>' +
    '<Error><Key>a</Key><VersionId>v2</VersionId><Code>AccessDenied</Code></Error>' +
    '<Deleted><Key>b</Key><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>m</DeleteMarkerVersionId></Deleted>' +
    '<Deleted><Key>c</Key><VersionId>null</VersionId></Deleted></DeleteResult>';
  const { sender, requests } = scriptedSender([{ body }]);
  const listed = { key: 'c', size: 5, lastModified: new Date(0), etag: 'e', storageClass: 'STANDARD' };
  const { deleted, errors } = await deleteMany(
    sender,
    [{ key: 'a', versionId: 'v1' }, { key: 'a', versionId: 'v2' }, { key: 'b', ifMatch: '"e"' }, listed],
    {},
  );
  assert.deepEqual(asked(requests[0]!), [
    '<Key>a</Key><VersionId>v1</VersionId>',
    '<Key>a</Key><VersionId>v2</VersionId>',
    '<Key>b</Key><ETag>&quot;e&quot;</ETag>',
    'c',
  ]);
  assert.deepEqual(deleted, [{ key: 'a', versionId: 'v1' }, { key: 'b' }, { key: 'c' }]);
  assert.deepEqual(errors, [{ key: 'a', versionId: 'v2', code: 'AccessDenied', message: '' }]);
});

test('keys that XML cannot carry are deleted one by one, side by side with the rest', async () => {
  const steps: Step[] = [{ status: 204 }, refusal, { status: 204 }, answering()];
  const { sender, requests } = scriptedSender(steps);
  const { deleted, errors } = await deleteMany(
    sender,
    ['a', '\x01', '\x02', { key: '\x03', versionId: 'v' }, 'b'],
    {},
  );
  assert.deepEqual(
    requests.map(({ method, path }) => `${method} ${path}`),
    ['DELETE /%01', 'DELETE /%02', 'DELETE /%03?versionId=v', 'POST /?delete='],
  );
  assert.deepEqual(
    deleted.map(({ key }) => key),
    ['\x01', '\x03', 'a', 'b'],
  );
  assert.deepEqual(
    errors.map(({ key, code }) => [key, code]),
    [['\x02', 'AccessDenied']],
  );
});

test('a batch that is refused as a whole is thrown when the others have ended; no further one begins', async () => {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  let ended = false;
  const slow: Step = (request) => ({
    ...(answering() as (request: RecordedRequest) => Answer)(request),
    after: opened.then(() => {
      ended = true;
    }),
  });
  const { sender, requests } = scriptedSender([slow, refusal]);
  const source = pulled(10_000);
  const result = deleteMany(sender, source.keys, { concurrency: 2 });
  result.catch(() => {});
  while (requests.length < 2) await turn();
  await turn();
  open();
  await assert.rejects(result, (error: S3Error) => {
    assert.ok(error instanceof S3Error);
    assert.equal(error.code, 'AccessDenied');
    assert.equal(error.operation, 'DeleteObjects');
    return true;
  });
  assert.equal(ended, true);
  assert.equal(requests.length, 2);
  assert.equal(source.closed, true);
  assert.ok(source.pulled <= 3000);
});

test("an aborting signal ends everything, and the source's own failure is the one that is thrown", async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const { sender, requests } = scriptedSender(Array(4).fill({ after: new Promise(() => {}) }));
  const source = pulled(10_000);
  const result = deleteMany(sender, source.keys, { signal: controller.signal });
  while (requests.length < 4) await turn();
  controller.abort(reason);
  await assert.rejects(result, reason);

  async function* failing() {
    yield 'a';
    throw reason;
  }
  await assert.rejects(deleteMany(scriptedSender([]).sender, failing(), {}), reason);
});

const nonsense: [about: string, call: (sender: Sender) => Promise<unknown>, type: ErrorConstructor][] = [
  ['a string', (sender) => deleteMany(sender, 'key' as never, {}), TypeError],
  ['no list', (sender) => deleteMany(sender, 5 as never, {}), TypeError],
  ['an empty key', (sender) => deleteMany(sender, ['a', ''], {}), TypeError],
  ['a key that is none', (sender) => deleteMany(sender, [null as never], {}), TypeError],
  ['an object without a key', (sender) => deleteMany(sender, [{} as never], {}), TypeError],
  ['no bucket name', (sender) => deleteMany(sender, ['a'], { bucket: 'a/b' }), TypeError],
  ['a concurrency of 0', (sender) => deleteMany(sender, ['a'], { concurrency: 0 }), RangeError],
  ['half a concurrency', (sender) => deleteMany(sender, ['a'], { concurrency: 1.5 }), RangeError],
];
for (const [about, call, type] of nonsense) {
  test(`${about} is refused before anything is sent`, async () => {
    const { sender, requests } = scriptedSender([]);
    await assert.rejects(call(sender), type);
    assert.equal(requests.length, 0);
  });
}
