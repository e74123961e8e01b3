import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BucketMissing,
  type BucketRecord,
  type ListQuery,
  type ObjectRecord,
  type PartRecord,
  type Store,
  type UploadRecord,
} from '../../src/server/store.ts';

/** What every store keeps to. `open` gives an empty one; `reopen`, where there is one, closes and opens it again. */
export function storeSuite(
  name: string,
  open: () => Promise<Store>,
  reopen: (store: Store) => Promise<Store> = async (store) => store,
): void {
  /** Runs with a fresh store that has a bucket `b`, and a way to have it reopened. */
  function check(title: string, run: (store: Store, reopened: () => Promise<Store>) => Promise<void>): void {
    test(`${name}: ${title}`, async () => {
      let store = await open();
      await store.createBucket(bucketRecord('b'));
      await run(store, async () => {
        store = await reopen(store);
        return store;
      });
      await store.close();
    });
  }

  check('buckets: made once, changed, listed in order, deleted when empty', async (store, reopened) => {
    assert.equal(await store.createBucket({ ...bucketRecord('b'), owner: 'other' }), false);
    assert.equal(await store.createBucket(bucketRecord('a.b')), true);
    assert.equal(await store.createBucket(bucketRecord('a')), true);
    await store.updateBucket('a', (record) => ({ ...record, acl: 'public-read' }));
    store = await reopened();
    assert.deepEqual(await store.buckets(), [
      { ...bucketRecord('a'), acl: 'public-read' },
      bucketRecord('a.b'),
      bucketRecord('b'),
    ]);
    assert.deepEqual(await store.bucket('b'), bucketRecord('b'));

    await put(store, 'b', 'k', 'x');
    assert.equal(await store.deleteBucket('b'), 'not-empty');
    await store.deleteObject('b', 'k');
    await store.createUpload('b', uploadRecord('k', 'u'));
    assert.equal(await store.deleteBucket('b'), 'deleted');
    assert.equal(await store.deleteBucket('b'), 'missing');
    assert.equal(await store.bucket('b'), undefined);
    await store.createBucket(bucketRecord('b'));
    store = await reopened();
    assert.deepEqual(await store.listUploads('b', ''), [], 'the old uploads went with the old bucket');
    await put(store, 'b', 'k', 'again');
    assert.equal(await text(store, 'b', 'k'), 'again');
  });

  check('buckets: names of any kind stay apart', async (store, reopened) => {
    const names = [
      '..',
      '.',
      'A',
      'a',
      'a/b',
      '../x',
      'con',
      'a'.repeat(300),
      `${'a'.repeat(300)}b`,
      'ä',
      '\0',
    ];
    for (const name of names) {
      await store.createBucket(bucketRecord(name));
      await put(store, name, 'k', `in ${name}`);
    }
    store = await reopened();
    for (const name of names) assert.equal(await text(store, name, 'k'), `in ${name}`);
    for (const name of names) {
      await store.deleteObject(name, 'k');
      assert.equal(await store.deleteBucket(name), 'deleted');
    }
  });

  check('writes into a bucket that is gone say so; reads find nothing', async (store) => {
    const gone = { name: 'BucketMissing' };
    await assert.rejects(put(store, 'none', 'k', 'x'), (error) => error instanceof BucketMissing);
    await assert.rejects(store.createUpload('none', uploadRecord('k', 'u')), gone);
    await assert.rejects(
      store.updateBucket('none', (record) => record),
      gone,
    );
    await assert.rejects(
      store.updateObject('none', 'k', (record) => record),
      gone,
    );
    assert.equal(await store.object('none', 'k'), undefined);
    assert.equal(await store.deleteObject('none', 'k'), undefined);
    assert.deepEqual(await store.listObjects('none', { prefix: '', limit: 10 }), []);
    assert.deepEqual(await store.listUploads('none', ''), []);
    assert.deepEqual(await store.listParts('none', 'u'), []);
    assert.equal(await store.upload('none', 'u'), undefined);
    assert.equal(await store.abortUpload('none', 'u'), false);
  });

  check('objects: put, read, changed, overwritten, deleted', async (store, reopened) => {
    const record = await put(store, 'b', 'k', 'hello', { metadata: { a: 'ä\u0000"' }, tags: { t: '' } });
    store = await reopened();
    assert.deepEqual((await store.object('b', 'k'))?.record, record);
    assert.equal(await text(store, 'b', 'k'), 'hello');

    await store.updateObject('b', 'k', (old) => ({ ...old, acl: 'public-read' }));
    await store.updateObject('b', 'other', () => assert.fail('there is nothing to change'));
    store = await reopened();
    assert.deepEqual((await store.object('b', 'k'))?.record, { ...record, acl: 'public-read' });
    assert.equal(await text(store, 'b', 'k'), 'hello');

    const second = await put(store, 'b', 'k', 'bye');
    store = await reopened();
    assert.equal(await text(store, 'b', 'k'), 'bye');

    assert.deepEqual(await store.deleteObject('b', 'k'), second);
    assert.equal(await store.deleteObject('b', 'k'), undefined);
    store = await reopened();
    assert.equal(await store.object('b', 'k'), undefined);
  });

  check('objects: any range reads right, of any size', async (store) => {
    const bytes = noise(700_001);
    await put(store, 'b', 'big', bytes, {}, 100_000);
    await put(store, 'b', 'tiny', bytes.subarray(0, 10), {}, 1);
    await put(store, 'b', 'none', '');
    for (const [start, end] of [
      [0, 700_001],
      [0, 1],
      [700_000, 700_001],
      [65_535, 65_537],
      [262_143, 524_289],
      [5, 5],
    ] as const) {
      const object = await store.object('b', 'big');
      assert.ok(
        bytes.subarray(start, end).equals(await collect(object!.read(start, end))),
        `${start}-${end}`,
      );
    }
    const tiny = (await store.object('b', 'tiny'))!;
    assert.deepEqual(await collect(tiny.read(2, 9)), bytes.subarray(2, 9));
    let chunks = 0;
    for await (const _ of tiny.read(0, 10)) chunks++;
    assert.equal(chunks, 1, 'a small object is one chunk');
    assert.equal(await text(store, 'b', 'none'), '');
  });

  check('objects: big ones are read in chunks, and reading may stop at any of them', async (store) => {
    const bytes = noise(1_000_000);
    await put(store, 'b', 'k', bytes, {}, 1000);
    const sizes = [];
    for await (const chunk of (await store.object('b', 'k'))!.read(0, bytes.length)) sizes.push(chunk.length);
    assert.ok(sizes.length > 1);
    assert.ok(sizes.slice(0, -1).every((size) => size >= 65_536 && size <= 524_288));
    for await (const chunk of (await store.object('b', 'k'))!.read(0, bytes.length)) {
      assert.deepEqual(chunk, bytes.subarray(0, chunk.length));
      break;
    }
  });

  check('objects: a reader keeps the bytes it looked up', async (store) => {
    const bytes = noise(600_000);
    for (const replace of [() => put(store, 'b', 'k', 'new'), () => store.deleteObject('b', 'k')]) {
      await put(store, 'b', 'k', bytes);
      const started = (await store.object('b', 'k'))!.read(0, bytes.length)[Symbol.asyncIterator]();
      const first = (await started.next()).value as Uint8Array;
      const late = (await store.object('b', 'k'))!;
      await replace();
      const rest = await collect({ [Symbol.asyncIterator]: () => started });
      assert.ok(bytes.equals(Buffer.concat([first, rest])), 'one that is in the middle');
      assert.ok(bytes.equals(await collect(late.read(0, bytes.length))), 'one that had not begun');
    }
  });

  check('objects: a refused put changes nothing and takes its bytes away', async (store, reopened) => {
    const before = await put(store, 'b', 'k', 'old');
    const refuse = (seen: ObjectRecord | undefined) => {
      assert.deepEqual(seen, before);
      throw new Error('refused');
    };
    const content = await store.stage(pieces('new', 1));
    assert.equal(content.size, 3);
    await assert.rejects(store.putObject('b', objectRecord('k', 3), content, refuse), /refused/);
    await assert.rejects(store.deleteObject('b', 'k', refuse), /refused/);
    await content.discard();
    store = await reopened();
    assert.equal(await text(store, 'b', 'k'), 'old');
    await assert.rejects(
      store.deleteObject('b', 'none', (seen) => {
        assert.equal(seen, undefined);
        throw new Error('refused');
      }),
      /refused/,
    );
  });

  check('objects: of many who put if there is none, one wins', async (store) => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, i) =>
        store.putObject(
          'b',
          objectRecord('k', 2),
          await store.stage(pieces(`${i}`.padStart(2), 9)),
          (current) => {
            if (current) throw new Error('exists');
          },
        ),
      ),
    );
    const winners = results.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []));
    assert.equal(winners.length, 1);
    assert.equal(await text(store, 'b', 'k'), `${winners[0]}`.padStart(2));
  });

  check(
    'objects: concurrent overwrites and deletes leave one whole object or none',
    async (store, reopened) => {
      await Promise.all(
        Array.from({ length: 60 }, async (_, i) =>
          i % 3 === 2 ? store.deleteObject('b', 'k') : put(store, 'b', 'k', `${i}`.repeat(1000 + i)),
        ),
      );
      store = await reopened();
      const object = await store.object('b', 'k');
      if (object) assert.equal((await text(store, 'b', 'k')).length, object.record.size);
    },
  );

  check('staged: discarding twice is fine, failing content is passed on', async (store) => {
    const content = await store.stage(pieces('abc', 1));
    await content.discard();
    await content.discard();
    await assert.rejects(store.stage(failing()), /connection lost/);
  });

  check('keys: any text of up to 1,024 bytes is a name of its own', async (store, reopened) => {
    const keys = [
      ...[
        'a',
        'a/',
        'a/b',
        'a//b',
        '/a',
        'A',
        '.',
        '..',
        '../../etc/passwd',
        '/',
        '//',
        'a/./b',
        'a/../b',
        'a\\b',
      ],
      ...['\0', 'a\nb', '\u007f', ' ', 'a ', 'a.', 'CON', 'nul.txt', '~', '%2e%2e', 'é', 'e\u0301', '\ufeff'],
      ...['\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', '__proto__', 'constructor', '{"op":1}'],
      ...[
        'x'.repeat(1024),
        `${'x'.repeat(1023)}y`,
        '\u{10ffff}'.repeat(256),
        '/'.repeat(1024),
        '../'.repeat(341),
      ],
    ];
    for (const key of keys) await put(store, 'b', key, `at ${key}`);
    store = await reopened();
    for (const key of keys) assert.equal(await text(store, 'b', key), `at ${key}`);
    assert.deepEqual(await list(store, { prefix: '', limit: 1000 }), [...keys].sort(byBytes));
    for (const key of keys) assert.equal((await store.deleteObject('b', key))?.key, key);
    assert.equal(await store.deleteBucket('b'), 'deleted');
  });

  check('listing: as the whole bucket, sorted by bytes and filtered', async (store) => {
    const part = fc.constantFrom('a', 'b', '/', '\u0001', 'é', '\uffff', '\u{1f600}', '0');
    const key = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
    const query = fc.record(
      {
        prefix: fc.oneof(fc.constant(''), key),
        after: key,
        from: key,
        limit: fc.integer({ min: 0, max: 8 }),
      },
      { requiredKeys: ['prefix', 'limit'] },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { maxLength: 12 }), fc.array(query), async (keys, queries) => {
        const bucket = `list-${round++}`;
        await store.createBucket(bucketRecord(bucket));
        await Promise.all(keys.map((key) => put(store, bucket, key, '')));
        for (const query of queries) {
          const expected = [...keys]
            .sort(byBytes)
            .filter((key) => key.startsWith(query.prefix))
            .filter((key) => query.after === undefined || byBytes(key, query.after) > 0)
            .filter((key) => query.from === undefined || byBytes(key, query.from) >= 0)
            .slice(0, query.limit);
          assert.deepEqual(await list(store, query, bucket), expected);
        }
      }),
      { numRuns: 25 },
    );
  });

  check('uploads: listed by key, then id; gone once aborted', async (store, reopened) => {
    const records = [
      uploadRecord('a', '2'),
      uploadRecord('a', '1'),
      uploadRecord('\u{10000}', '4'),
      uploadRecord('\uffff', '3'),
      uploadRecord('a/b', '0'),
    ];
    for (const record of records) await store.createUpload('b', record);
    store = await reopened();
    const ids = async (prefix: string) =>
      (await store.listUploads('b', prefix)).map((upload) => upload.uploadId);
    assert.deepEqual(await ids(''), ['1', '2', '0', '3', '4']);
    assert.deepEqual(await ids('a/'), ['0']);
    assert.deepEqual(await store.upload('b', '3'), uploadRecord('\uffff', '3'));

    assert.equal(await putPart(store, '1', 1, 'x'), true);
    assert.equal(await store.abortUpload('b', '1'), true);
    assert.equal(await store.abortUpload('b', '1'), false);
    assert.equal(await putPart(store, '1', 2, 'x'), false);
    assert.equal(await store.completeUpload('b', '1', [1], objectRecord('a', 1)), false);
    store = await reopened();
    assert.deepEqual(await ids('a'), ['2', '0']);
    assert.equal(await store.object('b', 'a'), undefined);
  });

  check('uploads: parts in any order become the object in the order asked for', async (store, reopened) => {
    await put(store, 'b', 'k', 'old');
    await store.createUpload('b', uploadRecord('k', 'u'));
    const one = noise(400_000);
    const three = noise(300_000);
    await Promise.all([
      putPart(store, 'u', 10, 'unused'),
      putPart(store, 'u', 3, three),
      putPart(store, 'u', 1, 'replaced'),
    ]);
    await putPart(store, 'u', 2, 'two');
    await putPart(store, 'u', 1, one);
    store = await reopened();
    assert.deepEqual(
      (await store.listParts('b', 'u')).map(({ partNumber, size }) => [partNumber, size]),
      [
        [1, one.length],
        [2, 3],
        [3, three.length],
        [10, 6],
      ],
    );
    assert.equal(await text(store, 'b', 'k'), 'old', 'nothing shows before it is complete');

    const whole = Buffer.concat([one, Buffer.from('two'), three]);
    const record = objectRecord('k', whole.length);
    await assert.rejects(
      store.completeUpload('b', 'u', [1, 2, 3], record, (current) => {
        assert.equal(current?.size, 3);
        throw new Error('refused');
      }),
      /refused/,
    );
    await assert.rejects(store.completeUpload('b', 'u', [1, 4], record), RangeError);
    assert.equal(await text(store, 'b', 'k'), 'old');

    assert.equal(await store.completeUpload('b', 'u', [1, 2, 3], record), true);
    assert.equal(await store.completeUpload('b', 'u', [1, 2, 3], record), false);
    store = await reopened();
    assert.deepEqual(await store.listUploads('b', ''), []);
    const object = (await store.object('b', 'k'))!;
    assert.deepEqual(object.record, record);
    for (const [start, end] of [
      [0, whole.length],
      [399_999, 400_004],
      [400_001, 400_002],
      [400_003, whole.length],
      [7, 7],
    ] as const) {
      assert.ok(whole.subarray(start, end).equals(await collect(object.read(start, end))), `${start}-${end}`);
    }
    await store.updateObject('b', 'k', (old) => ({ ...old, acl: 'public-read' }));
    assert.equal((await collect(object.read(0, whole.length))).length, whole.length);
    await store.deleteObject('b', 'k');
    assert.ok(whole.equals(await collect(object.read(0, whole.length))), 'readable by who holds it');
  });
}

export function bucketRecord(name: string): BucketRecord {
  return { name, created: 1, owner: 'me', region: 'us-east-1', acl: 'private' };
}

export function objectRecord(key: string, size: number, more: Partial<ObjectRecord> = {}): ObjectRecord {
  return {
    key,
    size,
    etag: 'e',
    lastModified: 2,
    owner: 'me',
    acl: 'private',
    storageClass: 'STANDARD',
    headers: { 'content-type': 'text/plain' },
    metadata: {},
    ...more,
  };
}

export async function put(
  store: Store,
  bucket: string,
  key: string,
  content: string | Uint8Array,
  more: Partial<ObjectRecord> = {},
  chunk = 65_536,
): Promise<ObjectRecord> {
  const staged = await store.stage(pieces(content, chunk));
  const record = objectRecord(key, staged.size, more);
  await store.putObject(bucket, record, staged);
  return record;
}

export async function putPart(
  store: Store,
  uploadId: string,
  partNumber: number,
  content: string | Uint8Array,
): Promise<boolean> {
  const staged = await store.stage(pieces(content, 65_536));
  const record: PartRecord = { partNumber, size: staged.size, etag: 'e', lastModified: 3 };
  return store.putPart('b', uploadId, record, staged);
}

export async function text(store: Store, bucket: string, key: string): Promise<string> {
  const object = await store.object(bucket, key);
  assert.ok(object, `no object ${key}`);
  return (await collect(object.read(0, object.record.size))).toString();
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

export function uploadRecord(key: string, uploadId: string): UploadRecord {
  return {
    uploadId,
    key,
    initiated: 4,
    owner: 'me',
    acl: 'private',
    storageClass: 'STANDARD',
    headers: {},
    metadata: {},
  };
}

async function list(store: Store, query: ListQuery, bucket = 'b'): Promise<string[]> {
  return (await store.listObjects(bucket, query)).map((record) => record.key);
}

/** Content that breaks off. */
export async function* failing(): AsyncGenerator<Uint8Array> {
  yield noise(300_000);
  throw new Error('connection lost');
}

async function* pieces(content: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Bytes in which no two places look alike. */
function noise(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (state * 48271) % 2147483647;
    bytes[i] = state >>> 8;
  }
  return bytes;
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
