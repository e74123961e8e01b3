import type { Call } from './call.ts';
import { invalidArgument, RefusedRequest } from './refused-request.ts';
import type { BucketRecord, StoredObject } from './store.ts';

export type Permission = 'FULL_CONTROL' | 'READ' | 'WRITE' | 'READ_ACP' | 'WRITE_ACP';

export interface Grant {
  /** A user's name, or a group. */
  readonly grantee: string | typeof everyone | typeof signedIn;
  readonly permission: Permission;
}

export const everyone = Symbol('AllUsers');
export const signedIn = Symbol('AuthenticatedUsers');

/**
 * What a canned ACL grants, as S3 spells it out.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
 */
export function grantsOf(acl: string, owner: string, bucketOwner: string): Grant[] {
  const grants: Grant[] = [{ grantee: owner, permission: 'FULL_CONTROL' }];
  if (acl.startsWith('public-read')) grants.push({ grantee: everyone, permission: 'READ' });
  if (acl === 'public-read-write') grants.push({ grantee: everyone, permission: 'WRITE' });
  if (acl === 'authenticated-read') grants.push({ grantee: signedIn, permission: 'READ' });
  if (owner !== bucketOwner) {
    if (acl === 'bucket-owner-read') grants.push({ grantee: bucketOwner, permission: 'READ' });
    if (acl === 'bucket-owner-full-control')
      grants.push({ grantee: bucketOwner, permission: 'FULL_CONTROL' });
  }
  return grants;
}

/**
 * The canned ACL a request's `x-amz-acl` names, `private` without one.
 *
 * @throws {RefusedRequest} InvalidArgument
 */
export function cannedAcl(headers: Call['headers'], scope: 'bucket' | 'object'): string {
  const acl = headers['x-amz-acl'] ?? 'private';
  const names = scope === 'bucket' ? bucketAcls : [...bucketAcls, ...objectAcls];
  if (!names.includes(acl)) throw invalidArgument('x-amz-acl', acl);
  return acl;
}

const bucketAcls = ['private', 'public-read', 'public-read-write', 'authenticated-read'];
const objectAcls = ['aws-exec-read', 'bucket-owner-read', 'bucket-owner-full-control'];

/**
 * The call's bucket, when there is one and the caller may do this with it. What no ACL can grant asks for
 * FULL_CONTROL, which only its owner has.
 *
 * @throws {RefusedRequest} NoSuchBucket, AccessDenied
 */
export async function openBucket(call: Call, permission: Permission): Promise<BucketRecord> {
  const bucket = await findBucket(call, call.bucket, 'x-amz-expected-bucket-owner');
  check(call, permission, grantsOf(bucket.acl, bucket.owner, bucket.owner));
  return bucket;
}

/**
 * The call's object, or the `source` of a copy, when there is one and the caller may do this with it. Whether a key is
 * missing is told only to those who may list the bucket.
 *
 * @throws {RefusedRequest} NoSuchBucket, NoSuchKey, AccessDenied
 */
export async function openObject(
  call: Call,
  permission: Permission,
  source?: { readonly bucket: string; readonly key: string },
): Promise<StoredObject & { readonly bucket: BucketRecord }> {
  const { bucket: name, key } = source ?? call;
  const bucket = await findBucket(
    call,
    name,
    source ? 'x-amz-source-expected-bucket-owner' : 'x-amz-expected-bucket-owner',
  );
  const object = await call.store.object(name, key);
  if (!object) {
    check(call, 'READ', grantsOf(bucket.acl, bucket.owner, bucket.owner));
    throw new RefusedRequest('NoSuchKey', { fields: { Key: key } });
  }
  const { acl, owner } = object.record;
  check(call, permission, grantsOf(acl, owner, bucket.owner));
  return { ...object, bucket };
}

async function findBucket(call: Call, name: string, expectedOwnerHeader: string): Promise<BucketRecord> {
  const bucket = await call.store.bucket(name);
  if (!bucket) throw new RefusedRequest('NoSuchBucket', { fields: { BucketName: name } });
  const expectedOwner = call.headers[expectedOwnerHeader];
  if (expectedOwner !== undefined && expectedOwner !== bucket.owner) throw new RefusedRequest('AccessDenied');
  return bucket;
}

function check(call: Call, permission: Permission, grants: readonly Grant[]): void {
  const allowed = grants.some(
    (grant) =>
      (grant.permission === permission || grant.permission === 'FULL_CONTROL') &&
      (grant.grantee === everyone ||
        (call.caller !== undefined && (grant.grantee === signedIn || grant.grantee === call.caller))),
  );
  if (!allowed) throw new RefusedRequest('AccessDenied');
}
