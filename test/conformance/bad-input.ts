import assert from 'node:assert/strict';
import type { Connection } from '../../src/client/connection.ts';
import type { ConnectionOptions } from '../../src/client/options.ts';
import { getObject, putObject } from '../../src/operations/index.ts';
import type { Subject } from './subject.ts';
import type { Define } from './suite.ts';

type Refused = typeof TypeError | typeof RangeError;

const badOptions: readonly [name: string, options: ConnectionOptions, error?: Refused][] = [
  ['an unknown signature version', { signatureVersion: 's3v5' as never }],
  ['a region with a line break', { region: 'eu-west-1\r\nx: y' }],
  ['a region that would be another host', { region: 'eu.evil.example/' }],
  ['an empty region', { region: '' }],
  ['an endpoint that is no URL', { endpoint: 'http://' }],
  ['an endpoint with a space', { endpoint: 'local host:9000' }],
  ['an endpoint of another scheme', { endpoint: 'ftp://localhost' }],
  ['an endpoint with a password', { endpoint: 'http://user:password@localhost' }],
  ['an endpoint with a query', { endpoint: 'http://localhost/?a=b' }],
  ['an endpoint with a port beyond all', { endpoint: 'localhost:99999' }],
  ['a scheme and tls that disagree', { endpoint: 'http://localhost', tls: true }],
  ['an empty secret', { secretKey: '' }],
  ['two kinds of credentials', { credentials: 'anonymous' as never, accessKey: 'a', secretKey: 'b' }],
  ['a default bucket that is none', { defaultBucket: 'a/b' }],
  ['an unknown payload', { payload: 'some' as never }],
  ['an unknown checksum', { checksum: 'CRC16' as never }],
  ['no attempts', { retry: { attempts: 0 } }, RangeError],
  ['a negative time-out', { timeouts: { connect: -1 } }, RangeError],
];

/** All with a default bucket, which no call must fall back to by mistake. */
const badCalls: readonly [name: string, call: (conn: Connection) => Promise<unknown>, error?: Refused][] = [
  ['get of an empty key', (conn) => conn.get('')],
  ['headObject of an empty key', (conn) => conn.headObject('')],
  ['exists of an empty key', (conn) => conn.exists('')],
  ['upload to an empty key', (conn) => conn.upload('', 'x')],
  ['delete of an empty key', (conn) => conn.delete('')],
  ['deleteMany with an empty key', (conn) => conn.deleteMany(['a', ''])],
  ['copy from an empty key', (conn) => conn.copy({ fromKey: '', toKey: 'b' })],
  ['copy to an empty key', (conn) => conn.copy({ fromKey: 'a', toKey: '' })],
  ['updateMetadata of an empty key', (conn) => conn.updateMetadata('', { metadata: { a: 'b' } })],
  ['presign of an empty key', (conn) => conn.presign('')],
  ['presignPost of an empty key', (conn) => conn.presignPost('')],
  ['send of an empty key', (conn) => conn.send(getObject, { key: '' })],
  ['a key that is no text', (conn) => conn.get(7 as never)],
  ['a key of 1,025 bytes', (conn) => conn.get('x'.repeat(1025)), RangeError],
  ['a key of 1,026 bytes in 513 characters', (conn) => conn.get('é'.repeat(513)), RangeError],
  ['a key with half of a surrogate pair', (conn) => conn.get('\ud800')],

  ['deleteBucket without a bucket', (conn) => conn.deleteBucket(undefined as never)],
  ['deleteBucket of an empty bucket', (conn) => conn.deleteBucket('')],
  ['createBucket without a bucket', (conn) => conn.createBucket(undefined as never)],
  ['createBucket with capitals', (conn) => conn.createBucket('Capitals')],
  ['createBucket with two characters', (conn) => conn.createBucket('ab')],
  ['createBucket with an IP address', (conn) => conn.createBucket('192.168.1.1')],
  ['createBucket with a malformed region', (conn) => conn.createBucket('bucket', { region: 'a b' })],
  ['an empty bucket', (conn) => conn.get('a', { bucket: '' })],
  ['an empty bucket in short', (conn) => conn.get('a', '')],
  ['a bucket with a slash', (conn) => conn.get('a', 'b/c')],
  ['a bucket of dots', (conn) => conn.get('a', '..')],
  ['a bucket with a query', (conn) => conn.get('a', 'bucket?acl')],
  ['a bucket with a line break', (conn) => conn.headBucket('bucket\r\nx')],
  ['copy from a malformed bucket', (conn) => conn.copy({ fromKey: 'a', fromBucket: 'b/c', toKey: 'b' })],
  ['copy to a malformed bucket', (conn) => conn.copy({ fromKey: 'a', toKey: 'b', toBucket: 'b/c' })],
  ['presign in a malformed bucket', (conn) => conn.presign('a', 'b/c')],

  ['a header with a line break', (conn) => conn.upload('a', 'x', { headers: { 'x-a': 'b\r\nx-c: d' } })],
  ['a header with NUL', (conn) => conn.get('a', { headers: { 'x-a': 'b\0' } })],
  ['a header name with a line break', (conn) => conn.get('a', { headers: { 'x-a\r\nx-b': 'c' } })],
  ['a header that is signing’s', (conn) => conn.get('a', { headers: { Authorization: 'mine' } })],
  ['a header of another host', (conn) => conn.get('a', { headers: { Host: 'elsewhere' } })],
  ['metadata with a line feed', (conn) => conn.upload('a', 'x', { metadata: { m: 'a\nb' } })],
  ['metadata with a carriage return', (conn) => conn.upload('a', 'x', { metadata: { m: 'a\rb' } })],
  ['metadata with NUL', (conn) => conn.upload('a', 'x', { metadata: { m: 'a\0b' } })],
  ['metadata named with a space', (conn) => conn.upload('a', 'x', { metadata: { 'm n': 'a' } })],
  ['metadata that is no text', (conn) => conn.upload('a', 'x', { metadata: { m: 7 as never } })],
  ['a content type with a line break', (conn) => conn.upload('a', 'x', { contentType: 'a/b\r\nx: y' })],
  ['a storage class with a line break', (conn) => conn.upload('a', 'x', { storageClass: 'A\n' })],
  ['an ETag with a line break', (conn) => conn.get('a', { ifMatch: '"a"\r\n' })],
  ['a version with half of a surrogate pair', (conn) => conn.get('a', { versionId: '\udc00' })],
  [
    'copied metadata with a line break',
    (conn) => conn.copy({ fromKey: 'a', toKey: 'b', metadata: { m: 'a\nb' }, replace: true }),
  ],
  ['presigned header with a line break', (conn) => conn.presign('a', { headers: { 'x-a': 'b\n' } })],

  ['a negative expiry', (conn) => conn.upload('a', 'x', { expires: -1 }), RangeError],
  ['an expiry of NaN', (conn) => conn.upload('a', 'x', { expires: Number.NaN }), RangeError],
  ['an expiry of negative parts', (conn) => conn.upload('a', 'x', { expires: { days: -1 } }), RangeError],
  ['an expiry in years', (conn) => conn.upload('a', 'x', { expires: { years: 1 } as never }), RangeError],
  ['presign for no time', (conn) => conn.presign('a', { expiresIn: 0 }), RangeError],
  ['presign for negative time', (conn) => conn.presign('a', { expiresIn: -1 }), RangeError],
  ['presign for half a second', (conn) => conn.presign('a', { expiresIn: 0.5 }), RangeError],
  ['presign for more than a week', (conn) => conn.presign('a', { expiresIn: 604_801 }), RangeError],
  ['presign of another method', (conn) => conn.presign('a', { method: 'PATCH' as never })],
  ['presignPost for negative time', (conn) => conn.presignPost('a', { expiresIn: -1 }), RangeError],

  [
    'a range that ends before it begins',
    (conn) => conn.get('a', { range: { first: 2, last: 1 } }),
    RangeError,
  ],
  ['a range of no bytes', (conn) => conn.get('a', { range: { suffix: 0 } }), RangeError],
  ['a range from a negative byte', (conn) => conn.get('a', { range: { first: -1 } }), RangeError],
  ['no body', (conn) => conn.upload('a', undefined as never)],
  ['a number as body', (conn) => conn.upload('a', 7 as never)],
  ['a negative length', (conn) => conn.upload('a', 'x', { contentLength: -1 }), RangeError],
  ['another length than the body has', (conn) => conn.upload('a', 'x', { contentLength: 2 }), RangeError],
  ['an unknown checksum', (conn) => conn.upload('a', 'x', { checksum: 'CRC16' as never })],
  ['updateMetadata of nothing', (conn) => conn.updateMetadata('a', {})],
  ['an unknown member', (conn) => conn.send(putObject, { key: 'a', body: 'x', colour: 'blue' } as never)],
  ['no attempts', (conn) => conn.get('a', { retry: { attempts: 0 } }), RangeError],
];

const badLists: readonly [name: string, call: (conn: Connection) => unknown, error?: Refused][] = [
  ['a page of none', (conn) => conn.list('', { pageSize: 0 }), RangeError],
  ['a page of 1,001', (conn) => conn.list('', { pageSize: 1001 }), RangeError],
  ['a prefix that is no text', (conn) => conn.list(7 as never)],
  ['version 3', (conn) => conn.list('', { version: 3 as never })],
];

export function badInputTests(define: Define, subject: Subject): void {
  for (const [name, options, error = TypeError] of badOptions) {
    define(`connection: ${name}`, async () => {
      assert.throws(
        () => subject.connect(options),
        (thrown) => isClear(thrown, error),
      );
    });
  }
  for (const [name, call, error = TypeError] of badCalls) {
    define(name, async () => {
      const conn = subject.connect({ defaultBucket: 'default-bucket' });
      const before = subject.sent();
      await assert.rejects(call(conn), (thrown) => isClear(thrown, error));
      assert.equal(subject.sent(), before);
    });
  }
  for (const [name, call, error = TypeError] of badLists) {
    define(`list: ${name}`, async () => {
      const conn = subject.connect({ defaultBucket: 'default-bucket' });
      assert.throws(
        () => call(conn),
        (thrown) => isClear(thrown, error),
      );
    });
  }
  define('no bucket at all', async ({ conn }) => {
    const before = subject.sent();
    await assert.rejects(conn.get('a'), (thrown) => isClear(thrown, TypeError));
    await assert.rejects(conn.headBucket(), (thrown) => isClear(thrown, TypeError));
    assert.equal(subject.sent(), before);
  });
}

/** The class that is due, and a sentence for people rather than an engine's own words. */
function isClear(thrown: unknown, error: Refused): boolean {
  assert.ok(thrown instanceof error, `${thrown}`);
  assert.doesNotMatch(thrown.message, /undefined|is not a function|cannot read|invalid url/i);
  return true;
}
