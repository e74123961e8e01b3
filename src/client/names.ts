/**
 * A bucket as a call may name it: lenient, as old buckets and Ceph's tenants (`tenant:bucket`) have names that could
 * not be made today, but never anything that could change the host or path of a request.
 */
export function checkBucket(bucket: unknown): asserts bucket is string {
  if (typeof bucket !== 'string' || bucket === '') {
    throw new TypeError(
      'You must specify a bucket in your request or set the defaultBucket of the connection',
    );
  }
  if (!/^[a-z0-9_][\w.:-]{0,254}$/i.test(bucket) || bucket.includes('..')) {
    throw new TypeError(`Not a bucket name: ${JSON.stringify(bucket)}`);
  }
}

/**
 * A bucket as it may be created.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function checkNewBucket(bucket: unknown): asserts bucket is string {
  checkBucket(bucket);
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || /^[\d.]+$|\.-|-\./.test(bucket)) {
    throw new TypeError(
      `Not a name for a new bucket: ${JSON.stringify(bucket)} (3 to 63 of a-z, 0-9, '-' and '.', no IP address)`,
    );
  }
}

/** Keys are exact: whatever text this lets through is the name of the object, byte for byte in UTF-8. */
export function checkKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || key === '')
    throw new TypeError('A key must be text of at least one character');
  if (key.length > 341 && new TextEncoder().encode(key).length > 1024) {
    throw new RangeError('A key must not be longer than 1,024 bytes of UTF-8');
  }
}

/** A region becomes part of a host name and of the signature. */
export function checkRegion(region: unknown): asserts region is string {
  if (typeof region !== 'string' || !isRegion(region))
    throw new TypeError(`Not a region: ${JSON.stringify(region)}`);
}

export function isRegion(region: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(region);
}
