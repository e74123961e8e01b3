import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deleteMany } from '../../src/client/delete-many.ts';
import {
  type Answer,
  errorXml,
  type RecordedRequest,
  scriptedSender,
} from '../support/scripted-transport.ts';

function keysIn({ body }: RecordedRequest): string[] {
  const xml = new TextDecoder().decode(body);
  return [...xml.matchAll(/<Key>(.*?)<\/Key>/gs)].map(([, key]) => key!);
}

/** Says that everything asked for was deleted. */
function allDeleted(request: RecordedRequest): Answer {
  const lines = keysIn(request).map((key) => `<Deleted><Key>${key}</Key></Deleted>`);
  return { body: `<DeleteResult>${lines.join('')}</DeleteResult>` };
}

function failed(key: string, code: string): string {
  return `<Error><Key>${key}</Key><Code>${code}</Code><Message>No</Message></Error>`;
}

test('a request', async () => {
  const { sender, requests } = scriptedSender([allDeleted]);
  const result = await deleteMany(sender, ['a & b', '<c>', 'é\n'], {});
  assert.deepEqual(result, { deleted: [{ key: 'a & b' }, { key: '<c>' }, { key: 'é\n' }], errors: [] });
  const { method, path, headers, body } = requests[0]!;
  assert.deepEqual([method, path], ['POST', '/?delete=']);
  assert.ok(headers['content-md5']);
  assert.equal(
    new TextDecoder().decode(body),
    '<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a &amp; b</Key></Object><Object><Key>&lt;c&gt;</Key></Object><Object><Key>é&#xA;</Key></Object></Delete>',
  );
});

test('a thousand keys a request', async () => {
  const keys = Array.from({ length: 2001 }, (_, i) => `key-${i}`);
  const { sender, requests } = scriptedSender([allDeleted, allDeleted, allDeleted]);
  const { deleted, errors } = await deleteMany(sender, keys, { concurrency: 1 });
  assert.deepEqual(
    requests.map((request) => keysIn(request).length),
    [1000, 1000, 1],
  );
  assert.deepEqual(deleted.map(({ key }) => key).sort(), keys.sort());
  assert.deepEqual(errors, []);
});

test('keys come from any iterable, also one that waits', async () => {
  async function* slowly() {
    yield 'a';
    await null;
    yield 'b';
  }
  for (const keys of [new Set(['a', 'b']), slowly()]) {
    const { sender, requests } = scriptedSender([allDeleted]);
    assert.deepEqual((await deleteMany(sender, keys, {})).deleted, [{ key: 'a' }, { key: 'b' }]);
    assert.deepEqual(keysIn(requests[0]!), ['a', 'b']);
  }
});

test('nothing to delete sends nothing', async () => {
  const { sender, requests } = scriptedSender([]);
  assert.deepEqual(await deleteMany(sender, [], {}), { deleted: [], errors: [] });
  assert.equal(requests.length, 0);
});

test('each key once, each with an outcome', async () => {
  const { sender, requests } = scriptedSender([
    {
      body: `<DeleteResult><Deleted><Key>a</Key></Deleted><Deleted><Key>never asked</Key></Deleted>${failed('b', 'AccessDenied')}</DeleteResult>`,
    },
  ]);
  const { deleted, errors } = await deleteMany(sender, ['a', 'b', 'a', 'c'], {});
  assert.deepEqual(keysIn(requests[0]!), ['a', 'b', 'c']);
  assert.deepEqual(deleted, [{ key: 'a' }]);
  assert.deepEqual(errors, [
    { key: 'b', code: 'AccessDenied', message: 'No' },
    { key: 'c', code: 'BadResponse', message: 'The answer does not mention this key' },
  ]);
});

test('keys that failed for a reason that may pass are sent again', async () => {
  const { sender, requests, clock } = scriptedSender([
    {
      body: `<DeleteResult><Deleted><Key>a</Key></Deleted>${failed('b', 'SlowDown')}${failed('c', 'AccessDenied')}</DeleteResult>`,
    },
    allDeleted,
  ]);
  const { deleted, errors } = await deleteMany(sender, ['a', 'b', 'c'], {});
  assert.deepEqual(keysIn(requests[1]!), ['b']);
  assert.deepEqual(deleted, [{ key: 'a' }, { key: 'b' }]);
  assert.deepEqual(
    errors.map(({ key, code }) => [key, code]),
    [['c', 'AccessDenied']],
  );
  assert.deepEqual(clock.sleeps, [250]);
});

test('as often as requests are sent again', async () => {
  const body = `<DeleteResult>${failed('a', 'InternalError')}</DeleteResult>`;
  const { sender, requests } = scriptedSender([{ body }, { body }]);
  const { errors } = await deleteMany(sender, ['a'], { retry: { attempts: 2 } });
  assert.equal(requests.length, 2);
  assert.deepEqual(errors, [{ key: 'a', code: 'InternalError', message: 'No' }]);
});

test('keys that XML cannot carry are deleted one by one', async () => {
  const { sender, requests } = scriptedSender([
    { status: 204 },
    { status: 403, body: errorXml('AccessDenied') },
    allDeleted,
  ]);
  const { deleted, errors } = await deleteMany(sender, ['a', '\x01', 'b\ufffe', 'c'], { concurrency: 1 });
  assert.deepEqual(
    requests.map(({ method, path }) => `${method} ${path}`),
    ['DELETE /%01', 'DELETE /b%EF%BF%BE', 'POST /?delete='],
  );
  assert.deepEqual(
    deleted.map(({ key }) => key),
    ['\x01', 'a', 'c'],
  );
  assert.deepEqual(
    errors.map(({ key, code }) => [key, code]),
    [['b\ufffe', 'AccessDenied']],
  );
});

test('versions, and conditions', async () => {
  const { sender, requests } = scriptedSender([
    { body: '<DeleteResult><Deleted><Key>a</Key><VersionId>v</VersionId></Deleted></DeleteResult>' },
  ]);
  const objects = [{ key: 'a', versionId: 'v', ifMatch: '"e"' }];
  assert.deepEqual(await deleteMany(sender, objects, {}), {
    deleted: [{ key: 'a', versionId: 'v' }],
    errors: [],
  });
  assert.match(
    new TextDecoder().decode(requests[0]?.body),
    /<Object><Key>a<\/Key><VersionId>v<\/VersionId><ETag>&quot;e&quot;<\/ETag><\/Object>/,
  );
});

const wholes: [answer: Answer, code: string][] = [
  [{ status: 403, body: errorXml('AccessDenied') }, 'AccessDenied'],
  [{ body: '<html/>' }, 'BadResponse'],
  [{ body: '<DeleteResult><Deleted><Key>a</Key></Deleted>' }, 'BadResponse'],
  [{ body: errorXml('InternalError') }, 'InternalError'],
];
for (const [answer, code] of wholes) {
  test(`a batch that fails as a whole is ${code}`, async () => {
    const { sender } = scriptedSender([answer]);
    await assert.rejects(deleteMany(sender, ['a'], { retry: { attempts: 1 } }), { code });
  });
}

test('nonsense is refused before anything is sent', async () => {
  for (const keys of ['key', ['a', ''], [undefined], [1], null]) {
    const { sender, requests } = scriptedSender([]);
    await assert.rejects(deleteMany(sender, keys as string[], {}), TypeError);
    assert.equal(requests.length, 0);
  }
});
