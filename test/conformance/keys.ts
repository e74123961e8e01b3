import assert from 'node:assert/strict';
import type { Connection } from '../../src/client/connection.ts';
import { compareUtf8 } from '../../src/protocol/compare-utf8.ts';
import { reasonToSkip } from './exceptions.ts';
import type { Subject } from './subject.ts';
import type { Case, Define } from './suite.ts';

/** Keys that clients and servers are known to get wrong. */
const keys: readonly string[] = [
  'a//b',
  '/lead',
  '//two',
  '/',
  'trail/',
  '.',
  '..',
  'a/../b',
  'a/./b',
  './b',
  'a/..',
  '%2F',
  'a%2Fb',
  'a%2E%2E/b',
  '%',
  '%zz',
  '+',
  'a+b',
  ' ',
  'a b',
  ' lead',
  'trail ',
  '?',
  'a?b=c',
  '#',
  'a#b',
  '&',
  'a&b',
  '=',
  'a=b',
  '"',
  "'",
  '<>',
  '&amp;',
  '\\',
  'a\\b',
  "!'()*~;:@,$",
  '\u{1F600}',
  '\u00e9',
  'e\u0301',
  '\uff21',
  '\n',
  'a\r\nb',
  '\t',
  '\x01',
  '\x7f',
  'soap',
  'x'.repeat(1024),
  'x/'.repeat(512),
  '\u{1F600}'.repeat(256),
];

/** What a client or server that does not take a key as it is might make of it. */
const distortions: readonly ((key: string) => string)[] = [
  (key) => new URL(`http://host/${encodeURIComponent(key).replaceAll('%2F', '/')}`).pathname.slice(1),
  (key) => new URL(`http://host/${key}`).pathname.slice(1),
  (key) => decodeURIComponent(key.replace(/%(?![0-9a-f]{2})/gi, '%25')),
  encodeURIComponent,
  (key) => key.replace(/^\/+/, ''),
  (key) => key.replace(/\/+$/, ''),
  (key) => key.replace(/\/+/g, '/'),
  (key) => key.replaceAll('+', ' '),
  (key) => key.replaceAll(' ', '+'),
  (key) => key.replace(/[?#].*$/s, ''),
  (key) => key.replaceAll('\\', '/'),
  (key) => key.replace(/\r\n?/g, '\n'),
  (key) => key.trim(),
  (key) => key.normalize('NFC'),
  (key) => key.normalize('NFD'),
  (key) => [...key].slice(0, -1).join(''),
];

export function keyTests(define: Define, subject: Subject): void {
  for (const key of keys) {
    const name = nameOf(key);
    if (!subject.exactPaths && key.split('/').some((segment) => segment === '.' || segment === '..')) {
      define(name, (given) => isRefused(key, given, subject));
    } else define(name, (given) => hitsNoOther(key, given, subject));
  }
}

/** How a key's test is called. */
function nameOf(key: string): string {
  return key.length > 40 ? `${JSON.stringify(key.slice(0, 4))} ... (1,024 bytes)` : JSON.stringify(key);
}

function neighboursOf(key: string, subject: Subject): string[] {
  const all = new Set(distortions.map((distort) => distort(key)));
  all.delete(key);
  all.delete('');
  return [...all].filter(
    (other) => Buffer.byteLength(other) <= 1024 && !reasonToSkip(subject, `keys: ${nameOf(other)}`),
  );
}

/** Put, list, head, get, copy and delete reach the object of this key and leave its neighbours alone. */
async function hitsNoOther(key: string, { conn, bucket }: Case, subject: Subject): Promise<void> {
  const room = await bucket();
  const neighbours = neighboursOf(key, subject).filter(
    (other) => subject.exactPaths || !/(^|\/)\.\.?(\/|$)/.test(other),
  );
  const contentOf = (each: string) => `content of ${each}`;
  await Promise.all(neighbours.map((each) => conn.upload(each, contentOf(each), room)));
  await conn.upload(key, contentOf(key), room);

  const expected = [key, ...neighbours].sort(compareUtf8);
  assert.deepEqual(await listed(conn, room), expected);
  assert.deepEqual(
    await listed(conn, room, key),
    expected.filter((each) => each.startsWith(key)),
  );
  for (const each of expected) {
    assert.equal(await (await conn.get(each, room)).text(), contentOf(each));
  }
  assert.equal((await conn.headObject(key, room)).size, Buffer.byteLength(contentOf(key)));

  await conn.upload('copy source', 'replaced', room);
  await conn.copy({ fromKey: key, fromBucket: room, toKey: 'copy of it' });
  assert.equal(await (await conn.get('copy of it', room)).text(), contentOf(key));
  await conn.copy({ fromKey: 'copy source', fromBucket: room, toKey: key });
  assert.equal(await (await conn.get(key, room)).text(), 'replaced');
  for (const each of neighbours) {
    assert.equal(await (await conn.get(each, room)).text(), contentOf(each));
  }

  await conn.delete(key, room);
  assert.equal(await conn.exists(key, room), false);
  const left = [...neighbours, 'copy source', 'copy of it'].sort(compareUtf8);
  assert.deepEqual(await listed(conn, room), left);

  await conn.upload(key, 'again', room);
  const { deleted } = await conn.deleteMany([key], room);
  assert.deepEqual(deleted, [{ key }]);
  assert.deepEqual(await listed(conn, room), left);
}

/** A key that a URL would change is refused before anything is sent. */
async function isRefused(key: string, { conn, bucket }: Case, subject: Subject): Promise<void> {
  const room = await bucket();
  await conn.upload('b', 'x', room);
  const before = subject.sent();
  for (const call of [
    () => conn.upload(key, 'y', room),
    () => conn.get(key, room),
    () => conn.headObject(key, room),
    () => conn.delete(key, room),
    () => conn.copy({ fromKey: 'b', fromBucket: room, toKey: key }),
  ]) {
    await assert.rejects(call(), TypeError);
  }
  assert.equal(subject.sent(), before);
  assert.deepEqual(await listed(conn, room), ['b']);
}

async function listed(conn: Connection, bucket: string, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of conn.list(prefix, bucket)) found.push(key);
  return found;
}
