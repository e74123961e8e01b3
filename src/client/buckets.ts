import {
  createBucket as createBucketOperation,
  deleteBucket as deleteBucketOperation,
  headBucket as headBucketOperation,
  listBuckets as listBucketsOperation,
} from '../operations/buckets.ts';
import { checkBucket, checkNewBucket, checkRegion } from './names.ts';
import type { CallOptions } from './options.ts';
import type { Sender } from './send.ts';
import { type Stored, stored } from './stored.ts';

export interface CreateBucketOptions extends Omit<CallOptions, 'bucket'> {
  /** Readable by everyone. Default false. */
  public?: boolean | undefined;
  /** Where the bucket is to be. Default: the connection's region on AWS, the server's choice elsewhere. */
  region?: string | undefined;
}

export interface Bucket {
  readonly name: string;
  readonly created: Date | undefined;
}

export interface BucketHead {
  readonly status: number;
  /** As the server tells it; AWS always does. */
  readonly region: string | undefined;
}

export async function createBucket(
  sender: Sender,
  bucket: string,
  options: CreateBucketOptions,
): Promise<Stored> {
  checkNewBucket(bucket);
  const { endpoint, region: own } = sender.settings;
  // Other servers know other names for their regions (Ceph: zone groups), or none at all.
  const region = options.region ?? (endpoint.aws ? own : undefined);
  if (region !== undefined) checkRegion(region);
  const input = {
    bucket,
    acl: options.public ? 'public-read' : undefined,
    // AWS refuses the name of its first region, which stands for no constraint.
    createBucketConfiguration:
      region === undefined || region === 'us-east-1' ? undefined : { locationConstraint: region },
  };
  return sender.exchange(createBucketOperation, input, options, { read: stored });
}

/** The bucket has to be named: a slip must not delete the default one. */
export async function deleteBucket(sender: Sender, bucket: string, options: CallOptions): Promise<Stored> {
  checkBucket(bucket);
  return sender.exchange(deleteBucketOperation, { bucket }, options, { read: stored });
}

export function headBucket(sender: Sender, options: CallOptions): Promise<BucketHead> {
  return sender.exchange(headBucketOperation, { bucket: options.bucket }, options, {
    read: ({ status, headers }) => ({ status, region: headers['x-amz-bucket-region'] }),
  });
}

/** All buckets, over all pages. */
export async function listBuckets(sender: Sender, options: Omit<CallOptions, 'bucket'>): Promise<Bucket[]> {
  const buckets: Bucket[] = [];
  let continuationToken: string | undefined;
  do {
    const page = await sender.send(listBucketsOperation, { continuationToken }, options);
    for (const { name = '', creationDate } of page.buckets) buckets.push({ name, created: creationDate });
    const next = page.continuationToken || undefined;
    continuationToken = next === continuationToken ? undefined : next;
  } while (continuationToken !== undefined);
  return buckets;
}
