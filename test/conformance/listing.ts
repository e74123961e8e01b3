import assert from 'node:assert/strict';
import type { Connection } from '../../src/client/connection.ts';
import type { ListOptions } from '../../src/client/list.ts';
import { compareUtf8 } from '../../src/protocol/compare-utf8.ts';
import { md5 } from '../support/md5.ts';
import type { Define } from './suite.ts';

const keys = ['a/1', 'a/2', 'a/b/3', 'b', 'c/4', 'd', 'Z'];
/** Characters that listings write in their own ways, and an order that UTF-16 has otherwise (U+FF21, U+1F600). */
const odd = ['a b+c%20&d', '<x attr="y">', "it's; ?#=", 'é', 'e\u0301', '\uff21', '\u{1F600}', 'tab\there'];

export function listTests(define: Define): void {
  for (const version of [2, 1] as const) {
    const name = (what: string) => `version ${version}: ${what}`;

    define(name('all, by prefix, none'), async ({ conn, bucket }) => {
      const room = await filled(conn, await bucket(), keys);
      const all = await entries(conn, '', { bucket: room, version });
      assert.deepEqual(all, [...keys].sort());
      assert.deepEqual(await entries(conn, 'a/', { bucket: room, version }), ['a/1', 'a/2', 'a/b/3']);
      assert.deepEqual(await entries(conn, 'nothing', { bucket: room, version }), []);

      for await (const { key, size, etag, lastModified, storageClass } of conn.list('c/', {
        bucket: room,
        version,
      })) {
        assert.deepEqual(
          { key, size, etag, storageClass },
          { key: 'c/4', size: 3, etag: md5('c/4'), storageClass: 'STANDARD' },
        );
        assert.ok(Math.abs(Date.now() - lastModified.getTime()) < 600_000);
      }
    });

    define(name('pages of two'), async ({ conn, bucket }) => {
      const room = await filled(conn, await bucket(), keys);
      const pages: number[] = [];
      const found: string[] = [];
      for await (const page of conn.list('', { bucket: room, version, pageSize: 2 }).pages()) {
        pages.push(page.objects.length);
        found.push(...page.objects.map(({ key }) => key));
      }
      assert.deepEqual(found, [...keys].sort());
      assert.ok(pages.length >= 4 && pages.every((size) => size <= 2));
    });

    define(name('delimiter'), async ({ conn, bucket }) => {
      const room = await filled(conn, await bucket(), keys);
      const options = { bucket: room, version, delimiter: '/' };
      assert.deepEqual((await entries(conn, '', options)).sort(), ['Z', 'a/ ...', 'b', 'c/ ...', 'd']);
      assert.deepEqual(await entries(conn, 'a/', options), ['a/1', 'a/2', 'a/b/ ...']);
      assert.deepEqual((await entries(conn, '', { ...options, pageSize: 2 })).sort(), [
        'Z',
        'a/ ...',
        'b',
        'c/ ...',
        'd',
      ]);
    });

    define(name('start after a key'), async ({ conn, bucket }) => {
      const room = await filled(conn, await bucket(), keys);
      const options = { bucket: room, version, startAfter: 'a/2' };
      assert.deepEqual(await entries(conn, '', options), ['a/b/3', 'b', 'c/4', 'd']);
      assert.deepEqual(await entries(conn, '', { ...options, pageSize: 2 }), ['a/b/3', 'b', 'c/4', 'd']);
    });

    define(name('odd keys, one a page, in the order of their bytes'), async ({ conn, bucket }) => {
      const room = await filled(conn, await bucket(), odd);
      const sorted = [...odd].sort(compareUtf8);
      assert.deepEqual(await entries(conn, '', { bucket: room, version }), sorted);
      assert.deepEqual(await entries(conn, '', { bucket: room, version, pageSize: 1 }), sorted);
      for (const prefix of ['a b+', '<x', 'é', 'e\u0301', "it's; ?#", '\u{1F600}']) {
        const expected = sorted.filter((key) => key.startsWith(prefix));
        assert.deepEqual(await entries(conn, prefix, { bucket: room, version }), expected);
      }
      assert.deepEqual(await entries(conn, '', { bucket: room, version, delimiter: '+c%20&' }), [
        ...sorted.filter((key) => key !== 'a b+c%20&d'),
        'a b+c%20& ...',
      ]);
    });
  }

  define('a listing can be iterated again', async ({ conn, bucket }) => {
    const room = await filled(conn, await bucket(), ['one']);
    const listing = conn.list('', room);
    for (let round = 0; round < 2; round++) {
      for await (const { key } of listing) assert.equal(key, 'one');
    }
  });
}

async function filled(conn: Connection, bucket: string, names: readonly string[]): Promise<string> {
  await Promise.all(names.map((key) => conn.upload(key, key, bucket)));
  return bucket;
}

/** Keys, and prefixes with dots behind them. */
async function entries(conn: Connection, prefix: string, options: ListOptions): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of conn.list(prefix, options as ListOptions & { delimiter: string })) {
    found.push('prefix' in entry ? `${entry.prefix} ...` : entry.key);
  }
  return found;
}
