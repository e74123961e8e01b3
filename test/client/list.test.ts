import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ListOptions, type ListPage, list } from '../../src/client/list.ts';
import { type Answer, errorXml, scriptedSender } from '../support/scripted-transport.ts';

interface Entry {
  key?: string;
  rest?: string;
}

function page(entries: readonly (string | Entry)[], rest = '', truncated: boolean | null = false): string {
  const contents = entries.map((entry) => {
    const { key, rest: more = '' } = typeof entry === 'string' ? { key: entry } : entry;
    return `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified>${more}<Size>5</Size></Contents>`;
  });
  const isTruncated = truncated === null ? '' : `<IsTruncated>${truncated}</IsTruncated>`;
  return `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${isTruncated}${rest}${contents.join('')}</ListBucketResult>`;
}

const url = '<EncodingType>url</EncodingType>';

function prefixes(...names: string[]): string {
  return names.map((name) => `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`).join('');
}

function token(text: string): string {
  return `<NextContinuationToken>${text}</NextContinuationToken>`;
}

/** All keys and prefixes of a listing, and the queries they were asked for with. */
async function listed(
  bodies: readonly (string | Answer)[],
  options: ListOptions = {},
  prefix = '',
): Promise<{ entries: string[]; queries: string[] }> {
  const { sender, requests, transport } = scriptedSender(
    bodies.map((body) => (typeof body === 'string' ? { body } : body)),
  );
  const entries: string[] = [];
  for await (const entry of list(sender, prefix, options)) {
    entries.push('prefix' in entry ? `${entry.prefix as string} (prefix)` : entry.key);
  }
  assert.equal(transport.left(), 0);
  return { entries, queries: requests.map(({ path }) => path.replace('/?', '')) };
}

test('an entry', async () => {
  const rest =
    '<ETag>&quot;e-1&quot;</ETag><StorageClass>GLACIER</StorageClass><Owner><ID>o</ID></Owner><New>1</New>';
  const { sender } = scriptedSender([{ body: page([{ key: 'a', rest }, 'b']) }]);
  const entries = [];
  for await (const entry of list(sender, '', {})) entries.push(entry);
  const lastModified = new Date('2026-01-02T03:04:05Z');
  assert.deepEqual(entries, [
    { key: 'a', size: 5, lastModified, etag: 'e-1', storageClass: 'GLACIER' },
    { key: 'b', size: 5, lastModified, etag: '', storageClass: 'STANDARD' },
  ]);
});

test('nothing is asked before it is iterated, and each time anew', async () => {
  const { sender, requests } = scriptedSender([{ body: page(['a']) }, { body: page(['b']) }]);
  const listing = list(sender, '', {});
  assert.equal(requests.length, 0);
  for (const expected of ['a', 'b']) {
    for await (const { key } of listing) assert.equal(key, expected);
  }
});

test('an iteration that is left asks no further', async () => {
  const { sender, requests } = scriptedSender([{ body: page(['a', 'b'], token('t'), true) }]);
  for await (const _ of list(sender, '', {})) break;
  assert.equal(requests.length, 1);
});

test('version 2 goes on by token', async () => {
  const { entries, queries } = await listed(
    [page(['p a'], token('t+/='), true), page([], token('u'), true), page(['p b'])],
    { startAfter: 'p', pageSize: 1 },
    'p ',
  );
  assert.deepEqual(entries, ['p a', 'p b']);
  const common = 'encoding-type=url&list-type=2&max-keys=1&prefix=p%20&start-after=p';
  assert.deepEqual(queries, [
    common,
    `continuation-token=t%2B%2F%3D&${common}`,
    `continuation-token=u&${common}`,
  ]);
});

test('an empty listing', async () => {
  assert.deepEqual((await listed([page([])])).entries, []);
});

const version = 1;

test('version 1 goes on after the last entry', async () => {
  const { entries, queries } = await listed(
    [page(['a', 'b'], '', true), page(['c'], '<NextMarker>x</NextMarker>', true), page(['d'])],
    { version, startAfter: '0' },
  );
  assert.deepEqual(entries, ['a', 'b', 'c', 'd']);
  const common = 'encoding-type=url&';
  assert.deepEqual(
    queries.map((query) => query.replace('&prefix=', '')),
    [`${common}marker=0`, `${common}marker=b`, `${common}marker=c`],
  );
});

test('version 1: the last entry may be a prefix, by the order of UTF-8', async () => {
  for (const [body, marker] of [
    [page(['a'], prefixes('b/'), true), 'b%2F'],
    [page(['c'], prefixes('b/'), true), 'c'],
    [page([], prefixes('b/'), true), 'b%2F'],
    // U+10000 sorts after U+FFFD as UTF-8, before it as UTF-16.
    [page(['\u{10000}'], prefixes('\ufffd'), true), '%F0%90%80%80'],
  ] as const) {
    const { queries } = await listed([body, page([])], { version, delimiter: '/' });
    assert.ok(queries[1]?.includes(`marker=${marker}&`), queries[1]);
  }
});

test('version 1: a page without entries goes on at its marker', async () => {
  const { queries } = await listed([page([], `${url}<NextMarker>a%20b</NextMarker>`, true), page([])], {
    version,
  });
  assert.ok(queries[1]?.includes('marker=a%20b'), queries[1]);
});

test('prefixes come with a delimiter, after the objects of their page', async () => {
  const { sender } = scriptedSender([
    { body: page(['a', 'c'], prefixes('b/') + token('t'), true) },
    { body: page(['d'], prefixes('e/')) },
  ]);
  const pages: ListPage[] = [];
  for await (const each of list(sender, '', { delimiter: '/' }).pages()) pages.push(each);
  assert.deepEqual(
    pages.map(({ objects, prefixes }) => [objects.map(({ key }) => key), prefixes]),
    [
      [['a', 'c'], ['b/']],
      [['d'], ['e/']],
    ],
  );
});

const encoded: [written: string, key: string][] = [
  ['a+b', 'a b'],
  ['a%20b', 'a b'],
  ['a%2Bb', 'a+b'],
  ['a%2520b', 'a%20b'],
  ['%C3%A9', 'é'],
  ['a%0Ab', 'a\nb'],
  ['a/b', 'a/b'],
  ['a%2Fb', 'a/b'],
  ['100%', '100%'],
  ['%zz', '%zz'],
  ['%E9', '%E9'],
  ['é', 'é'],
];
for (const [written, key] of encoded) {
  test(`${written} is ${JSON.stringify(key)} where the answer is encoded, itself where it is not`, async () => {
    const bodies = page([written], prefixes(`${written}/`));
    assert.deepEqual((await listed([bodies.replace('<Contents>', `${url}<Contents>`)])).entries, [
      key,
      `${key}/ (prefix)`,
    ]);
    assert.deepEqual((await listed([bodies])).entries, [written, `${written}/ (prefix)`]);
  });
}

const broken: [name: string, bodies: string[]][] = [
  ['the same token again', [page(['a'], token('t'), true), page(['b'], token('t'), true)]],
  ['no token', [page(['a'], '', true).replace('<Key>a</Key>', '<Key></Key>')]],
  ['an empty token and no entry', [page([], token(''), true)]],
  ['no IsTruncated', [page(['a'], '', null)]],
  ['another root', ['<ListAllMyBucketsResult><IsTruncated>false</IsTruncated></ListAllMyBucketsResult>']],
  ['HTML', ['<!DOCTYPE html><html><body>Welcome</body></html>']],
  ['XHTML', ['<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Welcome</p></body></html>']],
  ['JSON', ['{"IsTruncated":false}']],
  ['nothing', ['']],
  ['a cut page', [page(['a', 'b']).slice(0, -20)]],
  ['a page cut between entries', [page(['a', 'b']).replace(/<Contents><Key>b.*/, '')]],
  ['something after the end', [`${page(['a'])}${page(['b'])}`]],
  ['an error inside', [errorXml('InternalError')]],
];
for (const [name, bodies] of broken) {
  for (const version of [1, 2] as const) {
    if (version === 1 && /token/.test(name)) continue;
    test(`a list with ${name} is an error (version ${version})`, async () => {
      await assert.rejects(listed(bodies, { version, retry: { attempts: 1 } }), {
        name: 'S3Error',
        code: name === 'an error inside' ? 'InternalError' : 'BadResponse',
        status: 200,
      });
    });
  }
}

test('version 1: the same entries again are an error', async () => {
  const bodies = [page(['a'], '', true), page(['a'], '', true)];
  await assert.rejects(listed(bodies, { version, retry: { attempts: 1 } }), { code: 'BadResponse' });
});

test('a page that is broken is asked for again', async () => {
  const { entries } = await listed([page(['a'], token('t'), true), '<html/>', { status: 503 }, page(['b'])]);
  assert.deepEqual(entries, ['a', 'b']);
});

test('a failed page ends the list with its error, after the entries before it', async () => {
  const { sender } = scriptedSender([
    { body: page(['a'], token('t'), true) },
    { status: 403, body: errorXml('AccessDenied') },
  ]);
  const keys: string[] = [];
  await assert.rejects(
    async () => {
      for await (const { key } of list(sender, '', {})) keys.push(key);
    },
    { code: 'AccessDenied' },
  );
  assert.deepEqual(keys, ['a']);
});

test('nonsense is refused', () => {
  const { sender } = scriptedSender([]);
  for (const pageSize of [0, -1, 1001, 1.5, Number.NaN])
    assert.throws(() => list(sender, '', { pageSize }), RangeError);
  for (const version of [0, 3, '2'])
    assert.throws(() => list(sender, '', { version: version as 1 }), TypeError);
  for (const prefix of [null, 1, {}])
    assert.throws(() => list(sender, prefix as unknown as string, {}), TypeError);
});
