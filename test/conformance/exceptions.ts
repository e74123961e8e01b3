import type { Subject } from './subject.ts';

export interface Exception {
  /** Names of servers. */
  readonly server: RegExp;
  /** Full names of tests: `family: name`. */
  readonly test: RegExp;
  /** Among these, only those about such a key. */
  readonly key?: RegExp;
  readonly signatureVersion?: 's3v4' | 's3';
  readonly reason: string;
}

/** Where servers differ from S3 in what the suite tests, each with the reason. */
export const exceptions: readonly Exception[] = [
  {
    server: /^embedded$/,
    test: /^presigning: a form/,
    reason: 'the embedded server does not take POST forms yet',
  },

  {
    server: /^ceph-16$/,
    test: /^copying: only while the source is as it was$/,
    reason: 'Ceph 16 ignores x-amz-copy-source-if-match and copies (18 does not)',
  },

  {
    server: /^minio$/,
    test: /^keys: /,
    key: /^\/|\/\/|(^|\/)\.\.?(\/|$)/,
    reason: "MinIO's keys are paths: no empty, `.` or `..` segments, and a leading slash is dropped",
  },
  {
    server: /^minio$/,
    test: /^keys: /,
    key: /[\0-\x7f]{256}|[\ud800-\udbff][^/]{126}/,
    reason: "MinIO's keys are paths: a segment has at most 255 bytes",
  },
  {
    server: /^minio$/,
    test: /^operations: ACLs$|^metadata: public objects|^metadata: updateMetadata (keeps|changes public)/,
    reason: 'MinIO has no ACLs: it ignores x-amz-acl and does not implement PutObjectAcl',
  },
  {
    server: /^minio$/,
    test: /^operations: tags in letters of all scripts$/,
    reason: 'MinIO takes ASCII letters alone in tags',
  },
  {
    server: /^minio$/,
    test: /^buckets: another user is kept out$/,
    reason: 'MinIO starts with one user; others need its own admin client',
  },
  {
    server: /^minio$/,
    signatureVersion: 's3',
    test: /^operations: tags$/,
    reason:
      'MinIO adds x-amz-tagging to PutObjectTagging before it checks the signature, and SigV2 signs all of those',
  },

  {
    server: /^swift-/,
    signatureVersion: 's3v4',
    test: /^bodies: a stream in one request$/,
    reason: "Swift does not implement aws-chunked: a stream needs payload: 'unsigned' or TLS",
  },
  {
    server: /^swift-/,
    test: /^bodies: only if /,
    reason: 'Swift does not implement conditional PUT',
  },
  {
    server: /^swift-/,
    test: /^metadata: long text/,
    reason: 'Swift takes 256 bytes in a metadata value and fails with InternalError for more',
  },
  {
    server: /^swift-/,
    test: /^operations: (ACLs|tags)|^metadata: public objects|^metadata: updateMetadata (keeps|changes public)/,
    reason: "Swift's S3 API has no tags, and no ACLs without `s3_acl`",
  },
  {
    server: /^swift-/,
    test: /^presigning: a form/,
    reason: "Swift's S3 API has no POST forms",
  },
  {
    server: /^swift-/,
    test: /^errors: anonymous$/,
    reason: "Swift takes an unsigned request for one of its own API's: 400 in plain text",
  },
  {
    server: /^swift-/,
    test: /^errors: an unknown access key$/,
    reason: 'Swift answers SignatureDoesNotMatch for an unknown access key',
  },
  {
    server: /^swift-/,
    test: /^buckets: another user is kept out$/,
    reason: "Swift's users have name spaces of their own: a bucket of another is NotFound",
  },
  {
    server: /^swift-/,
    test: /^deleting: more than a thousand/,
    reason: 'Swift deletes one after another behind DeleteObjects, which takes it many seconds',
  },
];

/** Why a test (about a key, where it is) is not run against a server, if it is not. */
export function reasonToSkip(
  { server, signatureVersion }: Pick<Subject, 'server' | 'signatureVersion'>,
  test: string,
  key = '',
): string | undefined {
  return exceptions.find(
    (each) =>
      each.server.test(server) &&
      each.test.test(test) &&
      (each.key?.test(key) ?? true) &&
      (each.signatureVersion ?? signatureVersion) === signatureVersion,
  )?.reason;
}
