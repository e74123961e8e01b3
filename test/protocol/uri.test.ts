import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalQuery, decodeUri, encodePath, encodeUri, parseQuery } from '../../src/protocol/uri.ts';

const vectors: { cases: { key: string; path: string; query: string }[] } = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/uri-encoding.json', import.meta.url), 'utf8'),
);

test('keys are encoded as the vectors say, in a path and in a query', () => {
  assert.ok(vectors.cases.length > 10);
  for (const { key, path, query } of vectors.cases) {
    assert.equal(`/${encodePath(key)}`, path);
    assert.equal(encodeUri(key), query);
  }
});

test('every byte value is either unreserved or escaped in upper case', () => {
  for (let code = 0; code < 128; code++) {
    const char = String.fromCharCode(code);
    const escaped = `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
    assert.equal(encodeUri(char), /[A-Za-z0-9._~-]/.test(char) ? char : escaped);
  }
});

test('half of a surrogate pair is a TypeError', () => {
  for (const text of ['\ud800', 'a\udc00b', 'x/\ud83d']) {
    assert.throws(() => encodeUri(text), TypeError);
    assert.throws(() => encodePath(text), TypeError);
    assert.throws(() => canonicalQuery([[text, '']]), TypeError);
  }
});

test('what was encoded decodes to itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(decodeUri(encodeUri(text)), text);
      assert.equal(decodeUri(encodePath(text)), text);
      assert.match(encodeUri(text), /^([A-Za-z0-9._~-]|%[0-9A-F]{2})*$/);
    }),
  );
});

test('malformed escapes, bytes that are not UTF-8 and raw non-ASCII are not decoded', () => {
  for (const text of ['%', '%4', '%zz', '%ff', '%C3', '%ED%A0%80', '%C0%AF', 'é', '\ud800']) {
    assert.equal(decodeUri(text), undefined, text);
    assert.equal(parseQuery(`a=${text}`), undefined, text);
    assert.equal(parseQuery(`${text}=a`), undefined, text);
  }
});

test('a query is sorted by encoded name, then by encoded value', () => {
  const table: [[string, string | undefined][], string][] = [
    [[], ''],
    [[['uploads', undefined]], 'uploads='],
    [[['acl', '']], 'acl='],
    [
      [
        ['a-b', '1'],
        ['a', '2'],
        ['a b', '3'],
        ['a.b', '4'],
        ['a', '1'],
      ],
      'a=1&a=2&a%20b=3&a-b=1&a.b=4',
    ],
    [
      [
        ['b', '='],
        ['B', '&'],
        ['ä', '+'],
        ['a', ''],
      ],
      '%C3%A4=%2B&B=%26&a=&b=%3D',
    ],
  ];
  for (const [pairs, expected] of table) assert.equal(canonicalQuery(pairs), expected);
});

const queryPairs = fc.array(
  fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' })),
);

test('pairs are merged into a canonical query in their place', () => {
  assert.equal(canonicalQuery([['a-b', '1']], 'a=2&a.b=3'), 'a=2&a-b=1&a.b=3');
});

test('the order of the pairs does not matter, nor whether some are merged in later', () => {
  fc.assert(
    fc.property(queryPairs, fc.nat(), (pairs, cut) => {
      const whole = canonicalQuery(pairs);
      assert.equal(canonicalQuery([...pairs].reverse()), whole);
      const at = pairs.length === 0 ? 0 : cut % pairs.length;
      assert.equal(canonicalQuery(pairs.slice(at), canonicalQuery(pairs.slice(0, at))), whole);
    }),
  );
});

test('a canonical query parses to its pairs', () => {
  fc.assert(
    fc.property(queryPairs, (pairs) => {
      const parsed = parseQuery(canonicalQuery(pairs))!;
      const text = (all: readonly (readonly [string, string])[]) =>
        all.map((pair) => JSON.stringify(pair)).sort();
      assert.deepEqual(text(parsed), text(pairs));
    }),
  );
});

test('a query as clients write it', () => {
  assert.deepEqual(parseQuery(''), []);
  assert.deepEqual(parseQuery('acl'), [['acl', '']]);
  assert.deepEqual(parseQuery('a=1&&b=x=y&c=d+e%2B'), [
    ['a', '1'],
    ['b', 'x=y'],
    ['c', 'd e+'],
  ]);
});
