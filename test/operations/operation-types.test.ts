import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  completeMultipartUpload,
  copyObject,
  deleteObjects,
  getObject,
  InputOf,
  listBuckets,
  listObjectsV2,
  OutputOf,
  putObject,
  putObjectAcl,
  uploadPart,
} from '../../src/operations/index.ts';

// Checked by the compiler alone: what an operation takes and gives.

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function sameType<A, B>(_same: Equal<A, B>): void {}

({ key: 'k' }) satisfies InputOf<typeof getObject>;
({ bucket: 'b', key: 'k', ifMatch: '"e"', ifModifiedSince: new Date(), partNumber: 1 }) satisfies InputOf<
  typeof getObject
>;
({ key: 'k', versionId: undefined }) satisfies InputOf<typeof getObject>;
// @ts-expect-error a key is needed
({}) satisfies InputOf<typeof getObject>;
// @ts-expect-error no such member
({ key: 'k', ifmatch: 'x' }) satisfies InputOf<typeof getObject>;
// @ts-expect-error a Date, not text
({ key: 'k', ifModifiedSince: 'today' }) satisfies InputOf<typeof getObject>;

({}) satisfies InputOf<typeof listBuckets>;
// @ts-expect-error it is about no bucket
({ bucket: 'b' }) satisfies InputOf<typeof listBuckets>;
({}) satisfies InputOf<typeof listObjectsV2>;
// @ts-expect-error it is about no key
({ key: 'k' }) satisfies InputOf<typeof listObjectsV2>;

// Documented values, and what servers and years add.
({ key: 'k', storageClass: 'GLACIER', acl: 'public-read' }) satisfies InputOf<typeof putObject>;
({ key: 'k', storageClass: 'SOMETHING_NEW' }) satisfies InputOf<typeof putObject>;
({ key: 'k', body: 'text', metadata: { a: 'b' } }) satisfies InputOf<typeof putObject>;
({ key: 'k', body: () => new Blob([]), contentLength: 1 }) satisfies InputOf<typeof putObject>;
// @ts-expect-error no body
({ key: 'k', body: 7 }) satisfies InputOf<typeof putObject>;
// @ts-expect-error metadata is text
({ key: 'k', metadata: { a: 1 } }) satisfies InputOf<typeof putObject>;

({ key: 'k', partNumber: 1, uploadId: 'u', body: '' }) satisfies InputOf<typeof uploadPart>;
// @ts-expect-error the number of the part is needed
({ key: 'k', uploadId: 'u', body: '' }) satisfies InputOf<typeof uploadPart>;
// @ts-expect-error a number
({ key: 'k', partNumber: '1', uploadId: 'u' }) satisfies InputOf<typeof uploadPart>;

({ delete: { objects: [{ key: 'k' }, { key: 'k', versionId: 'v' }], quiet: true } }) satisfies InputOf<
  typeof deleteObjects
>;
// @ts-expect-error a key is needed
({ delete: { objects: [{ versionId: 'v' }] } }) satisfies InputOf<typeof deleteObjects>;
// @ts-expect-error the body is needed
({}) satisfies InputOf<typeof deleteObjects>;

({ key: 'k', uploadId: 'u', multipartUpload: { parts: [{ partNumber: 1, etag: 'e' }] } }) satisfies InputOf<
  typeof completeMultipartUpload
>;
({ key: 'k', accessControlPolicy: { grants: [{ grantee: { type: 'Group', uri: 'u' } }] } }) satisfies InputOf<
  typeof putObjectAcl
>;
// @ts-expect-error a grantee says what it is
({ key: 'k', accessControlPolicy: { grants: [{ grantee: { uri: 'u' } }] } }) satisfies InputOf<
  typeof putObjectAcl
>;

// Members that are always there, and such that may be.
sameType<OutputOf<typeof getObject>['body'], AsyncIterable<Uint8Array>>(true);
sameType<OutputOf<typeof getObject>['metadata'], Record<string, string>>(true);
sameType<OutputOf<typeof getObject>['contentLength'], number | undefined>(true);
sameType<OutputOf<typeof getObject>['lastModified'], Date | undefined>(true);
sameType<NonNullable<OutputOf<typeof copyObject>['copyObjectResult']>['etag'], string | undefined>(true);
sameType<OutputOf<typeof listObjectsV2>['contents'][number]['size'], number | undefined>(true);
sameType<OutputOf<typeof listObjectsV2>['isTruncated'], boolean | undefined>(true);

test('a list of an answer is there, and its entries are typed', () => {
  const output: OutputOf<typeof listObjectsV2> = {
    contents: [{ key: 'k', checksumAlgorithm: [] }],
    commonPrefixes: [],
  };
  // @ts-expect-error a list is never missing
  const missing: OutputOf<typeof listObjectsV2> = { contents: [] };
  const [first] = output.contents;
  // @ts-expect-error a member may be missing
  const key: string = first?.key;
  assert.equal(key, 'k');
  assert.deepEqual(missing.contents, []);
});
