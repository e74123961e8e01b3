import { getObjectAcl, putObjectAcl } from '../operations/acl.ts';
import type { InputOf } from '../operations/operation.ts';
import { S3Error } from '../protocol/error.ts';
import { sendCopy } from './copy.ts';
import { headObject, type ObjectHead } from './head.ts';
import type { ObjectOptions } from './options.ts';
import type { Sender } from './send.ts';
import { type Stored, stored } from './stored.ts';

export interface UpdateMetadataOptions extends ObjectOptions {
  /** The object has what is given and nothing else of that kind. Default false: what is not given stays. */
  replace?: boolean | undefined;
}

/**
 * Changes what is stored beside an object's bytes: the object is copied onto itself, with what it had and what is given,
 * provided that its ETag is still the same. `public` alone changes the ACL alone.
 */
export async function updateMetadata(
  sender: Sender,
  key: string,
  options: UpdateMetadataOptions,
): Promise<Stored> {
  const { metadata, contentType, expires, replace, signal } = options;
  const bucket = sender.bucket(options.bucket);
  if (
    [metadata, contentType, expires, options.storageClass, options.headers].every(
      (each) => each === undefined,
    )
  ) {
    if (options.public === undefined) throw new TypeError('updateMetadata needs something to change');
    const acl = options.public ? 'public-read' : 'private';
    return sender.exchange(putObjectAcl, { bucket, key, acl }, options, { read: stored });
  }
  const head = await headObject(sender, key, { bucket, signal });
  const grants = options.public === undefined ? await otherGrants(sender, bucket, key, signal) : undefined;
  const result = await sendCopy(
    sender,
    {
      ...options,
      headers: { ...encryptionOf(head.headers), ...options.headers },
      storageClass: options.storageClass ?? head.headers['x-amz-storage-class'],
      public: options.public ?? grants?.publicRead,
      fromKey: key,
      fromBucket: bucket,
      toKey: key,
      toBucket: bucket,
      ifMatch: head.headers['etag'],
    },
    replace ? undefined : head,
    true,
  );
  if (grants?.policy) {
    await sender.send(putObjectAcl, { bucket, key, accessControlPolicy: grants.policy }, { signal });
  }
  return result;
}

/** A copy is encrypted as its bucket says, unless it is told how the object was. */
function encryptionOf(headers: ObjectHead['headers']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name in headers) {
    if (/^x-amz-server-side-encryption(-aws-kms-key-id|-bucket-key-enabled)?$/.test(name))
      kept[name] = headers[name] ?? '';
  }
  return kept;
}

type Policy = InputOf<typeof putObjectAcl>['accessControlPolicy'];

/** A copy starts private, so what others may do has to be granted anew. */
async function otherGrants(
  sender: Sender,
  bucket: string,
  key: string,
  signal: AbortSignal | undefined,
): Promise<{ publicRead: boolean; policy?: Policy } | undefined> {
  try {
    const { owner, grants } = await sender.send(getObjectAcl, { bucket, key }, { signal });
    const others = grants.filter(({ grantee }) => grantee?.id === undefined || grantee.id !== owner?.id);
    const publicRead =
      others.length === 1 &&
      others[0]?.permission === 'READ' &&
      others[0].grantee?.uri === 'http://acs.amazonaws.com/groups/global/AllUsers';
    return others.length === 0 || publicRead
      ? { publicRead }
      : { publicRead, policy: { owner, grants } as Policy };
  } catch (error) {
    // Servers without ACLs say 501 or 405, and not everybody may read them: then there is nothing to keep.
    if (error instanceof S3Error && /^(403|405|501)$/.test(String(error.status))) return undefined;
    throw error;
  }
}
