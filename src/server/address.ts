import { decodeUri } from '../protocol/uri.ts';
import type { ServerRequest } from './exchange.ts';
import { RefusedRequest } from './refused-request.ts';

/** What a request is about: the service, a bucket (no key), or an object. */
export interface Address {
  /** Empty when the request is about no bucket. */
  readonly bucket: string;
  /** Empty when the request is about no object. */
  readonly key: string;
  /** The bucket is in the host name. */
  readonly virtualHost: boolean;
}

/** Hosts whose subdomains are buckets. Every other host is addressed path-style. */
const domains = ['s3.localhost', 'localhost'];

/**
 * Reads bucket and key from the raw path and the `Host`: `host/bucket/key`, or `bucket.s3.localhost/key` and
 * `bucket.localhost/key`. Keys are taken exactly as they are.
 *
 * @throws {RefusedRequest} InvalidURI, InvalidBucketName, KeyTooLongError
 */
export function addressOf(request: ServerRequest): Address {
  const { rawPath } = request;
  if (!rawPath.startsWith('/')) throw new RefusedRequest('InvalidURI');
  const path = decodeUri(rawPath);
  if (path === undefined) throw new RefusedRequest('InvalidURI');
  const virtual = bucketOfHost(request.headers['host'] ?? '');
  if (virtual !== undefined) return address(virtual, path.slice(1), true);
  if (path === '/') return { bucket: '', key: '', virtualHost: false };
  // The separator is a slash on the wire: an escaped one is part of the name, and no bucket has it in its name.
  const slash = rawPath.indexOf('/', 1);
  if (slash < 0) return address(path.slice(1), '', false);
  const bucket = decodeUri(rawPath.slice(1, slash)) ?? '';
  return address(bucket, path.slice(bucket.length + 2), false);
}

/**
 * S3's rules for the names of general purpose buckets.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/.test(name) &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !/^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
  );
}

/** @throws {RefusedRequest} KeyTooLongError */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > 1024) {
    throw new RefusedRequest('KeyTooLongError', { fields: { Size: String(size), MaxSizeAllowed: '1024' } });
  }
}

function address(bucket: string, key: string, virtualHost: boolean): Address {
  if (!isBucketName(bucket))
    throw new RefusedRequest('InvalidBucketName', { fields: { BucketName: bucket } });
  checkKey(key);
  return { bucket, key, virtualHost };
}

function bucketOfHost(host: string): string | undefined {
  const name = host.toLowerCase().replace(/:\d*$/, '');
  if (domains.includes(name)) return undefined;
  const domain = domains.find((domain) => name.endsWith(`.${domain}`));
  return domain === undefined ? undefined : name.slice(0, -domain.length - 1);
}
