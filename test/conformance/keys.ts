import assert from 'node:assert/strict';
import type { Connection } from '../../src/client/connection.ts';
import { compareUtf8 } from '../../src/protocol/compare-utf8.ts';
import { md5 } from '../support/md5.ts';
import { reasonToSkip } from './exceptions.ts';
import type { Subject } from './subject.ts';
import type { Case, Define } from './suite.ts';

/** Keys that clients and servers are known to get wrong. */
const keys: readonly string[] = [
  'a//b',
  '/lead',
  '/',
  'trail/',
  '.',
  '..',
  'a/../b',
  'a/./b',
  'a/..',
  '%2F',
  'a%2Fb',
  'a%2E%2E/b',
  '%',
  '+',
  'a+b',
  ' ',
  'a b',
  'trail ',
  '?',
  'a?b=c',
  '#',
  'a#b',
  '&',
  '=',
  '"',
  "'",
  '<>',
  '&amp;',
  'a\\b',
  "!'()*~;:@,$",
  '\u{1F600}',
  '\u00e9',
  'e\u0301',
  '\n',
  'a\r\nb',
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
    const check = takesKey(key, subject) ? hitsNoOther : isRefused;
    define(name, (given) => check(key, given, subject), key);
  }
}

/** How a key's test is called, in ASCII: some keys only look the same. */
function nameOf(key: string): string {
  const shown = key.length > 40 ? `${key.slice(0, 4)}... (1,024 bytes)` : key;
  return JSON.stringify(shown).replace(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function takesKey(key: string, { exactPaths }: Subject): boolean {
  return exactPaths || key.split('/').every((segment) => segment !== '.' && segment !== '..');
}

function neighboursOf(key: string, subject: Subject): string[] {
  const others = new Set(distortions.map((distort) => distort(key)));
  others.delete(key);
  others.delete('');
  return [...others].filter(
    (each) =>
      Buffer.byteLength(each) <= 1024 &&
      takesKey(each, subject) &&
      !reasonToSkip(subject, `keys: ${nameOf(each)}`, each),
  );
}

/** Put, list, get, head, copy and delete reach the object of this key and leave its neighbours alone. */
async function hitsNoOther(key: string, { conn, bucket }: Case, subject: Subject): Promise<void> {
  const room = await bucket();
  const stored = new Map<string, string>();
  const put = async (each: string, content: string) => {
    await conn.upload(each, content, room);
    stored.set(each, content);
  };
  const holds = async (prefix = '') => {
    const expected = [...stored].filter(([each]) => each.startsWith(prefix));
    assert.deepEqual(
      await listed(conn, room, prefix),
      expected.map(([each, content]) => [each, md5(content)]).sort(([a], [b]) => compareUtf8(a!, b!)),
    );
  };

  await Promise.all(neighboursOf(key, subject).map((each) => put(each, `content of ${each}`)));
  await put(key, 'its own');
  await holds();
  await holds(key);
  assert.equal(await (await conn.get(key, room)).text(), 'its own');
  assert.equal((await conn.headObject(key, room)).etag, md5('its own'));

  await conn.copy({ fromKey: key, fromBucket: room, toKey: 'copy of it' });
  stored.set('copy of it', 'its own');
  await put('another', 'of another');
  await conn.copy({ fromKey: 'another', fromBucket: room, toKey: key });
  stored.set(key, 'of another');
  await holds();

  await conn.delete(key, room);
  stored.delete(key);
  await holds();
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
  assert.deepEqual(await listed(conn, room), [['b', md5('x')]]);
}

async function listed(conn: Connection, bucket: string, prefix = ''): Promise<string[][]> {
  const found: string[][] = [];
  for await (const { key, etag } of conn.list(prefix, bucket)) found.push([key, etag]);
  return found;
}
