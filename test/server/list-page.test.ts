import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareUtf8 } from '../../src/protocol/compare-utf8.ts';
import { commonPrefixOf, listPage } from '../../src/server/list-page.ts';
import { memoryStore } from '../../src/server/memory-store.ts';
import type { ListQuery, ObjectRecord, Store } from '../../src/server/store.ts';

const bucket = { name: 'box', created: 0, owner: 'a', region: 'r', acl: 'private' };

function record(key: string): ObjectRecord {
  const headers = {};
  return {
    key,
    size: 0,
    etag: '',
    lastModified: 0,
    owner: '',
    acl: '',
    storageClass: '',
    headers,
    metadata: {},
  };
}

async function storeOf(keys: Iterable<string>): Promise<Store> {
  const store = memoryStore();
  await store.createBucket(bucket);
  for (const key of keys) await store.putObject('box', record(key), await store.stage(nothing()));
  return store;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** What a listing is, said in the plainest way: everything, sorted, folded, and cut. */
function model(keys: readonly string[], prefix: string, delimiter: string, after: string): string[] {
  const seen = commonPrefixOf(after, prefix, delimiter);
  const entries = keys
    .filter((key) => key.startsWith(prefix) && compareUtf8(key, after) > 0)
    .map((key) => commonPrefixOf(key, prefix, delimiter) ?? key)
    .filter((entry) => entry !== seen);
  return [...new Set(entries)].sort(compareUtf8);
}

const characters = fc.constantFrom(
  'a',
  'b',
  '/',
  '/',
  '-',
  '.',
  '0',
  'é',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '😀',
  '\u{10ffff}',
);
const text = (maxLength: number) => fc.string({ unit: characters, maxLength });

test('pages of a listing, put together, are the whole listing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        text(6).filter((key) => key !== ''),
        { maxLength: 40 },
      ),
      text(2),
      fc.oneof(fc.constantFrom('', '/', 'a', '\u{10ffff}'), text(2)),
      text(4),
      fc.integer({ min: 1, max: 7 }),
      async (keys, prefix, delimiter, start, limit) => {
        const store = await storeOf(keys);
        const expected = model(keys, prefix, delimiter, start);
        const listed: string[] = [];
        let after = start;
        for (let truncated = true; truncated; ) {
          const page = await listPage((query) => store.listObjects('box', query), {
            prefix,
            delimiter,
            after,
            limit,
          });
          const entries = [...page.entries.map(({ key }) => key), ...page.commonPrefixes].sort(compareUtf8);
          assert.ok(entries.length <= limit);
          if (page.truncated) assert.equal(entries.length, limit);
          if (entries.length > 0) assert.equal(page.last, entries.at(-1));
          listed.push(...entries);
          truncated = page.truncated;
          after = page.last;
        }
        assert.deepEqual(listed, expected);
      },
    ),
    { numRuns: 300 },
  );
});

test('a limit of nothing', async () => {
  const store = await storeOf(['a']);
  const query = { prefix: '', delimiter: '', after: '', limit: 0 };
  const page = await listPage((range) => store.listObjects('box', range), query);
  assert.deepEqual(page, { entries: [], commonPrefixes: [], truncated: false, last: '' });
});

test('a listing of folders does not read what is in them', async () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `${String(i % 20).padStart(2, '0')}/${i}`);
  const store = await storeOf(keys);
  let read = 0;
  const list = async (query: ListQuery) => {
    const records = await store.listObjects('box', query);
    read += records.length;
    return records;
  };
  const page = await listPage(list, { prefix: '', delimiter: '/', after: '', limit: 1000 });
  assert.equal(page.commonPrefixes.length, 20);
  assert.ok(read < 2000, `${read} records read for 20 folders`);
});
