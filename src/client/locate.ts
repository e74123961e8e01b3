import { encodeUri } from '../protocol/uri.ts';
import type { Endpoint } from './endpoint.ts';

/** Where the requests for one bucket go, and the region they are signed for. */
export interface Location {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** The Host header, with the port unless it is the scheme's own. */
  readonly host: string;
  /** Path in front of the key, without a slash at its end: holds the bucket in path style. */
  readonly prefix: string;
  readonly region: string;
  /** The bucket, where the host names it. */
  readonly virtualHostBucket: string | undefined;
}

/**
 * Addresses a bucket (or the service, for `undefined`) as virtual host or by path. Path style is chosen where a
 * virtual host cannot work: IP addresses and single-label hosts such as `localhost`, names with dots over TLS (a
 * wildcard certificate covers one label), names that are no DNS label.
 *
 * @param pathStyle forces one or the other.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function locate(
  endpoint: Endpoint,
  bucket: string | undefined,
  region: string,
  pathStyle: boolean | undefined,
): Location {
  const { secure, port, basePath } = endpoint;
  let hostname = endpoint.aws ? awsHost(endpoint, region) : endpoint.hostname;
  let prefix = basePath;
  let virtualHostBucket: string | undefined;
  if (bucket !== undefined) {
    if (pathStyle ?? needsPath(endpoint, bucket)) prefix += `/${encodeUri(bucket)}`;
    else {
      virtualHostBucket = bucket;
      hostname = `${bucket}.${hostname}`;
    }
  }
  const name = hostname.includes(':') ? `[${hostname}]` : hostname;
  const host = port === (secure ? 443 : 80) ? name : `${name}:${port}`;
  return { secure, hostname, port, host, prefix, region, virtualHostBucket };
}

function needsPath({ hostname, secure }: Endpoint, bucket: string): boolean {
  return (
    !/^[^.:]+\..*[a-z]/i.test(hostname) ||
    (secure && bucket.includes('.')) ||
    !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)
  );
}

/** The global endpoint serves us-east-1; another region has a host of its own, put in place of the one given. */
function awsHost(endpoint: Endpoint, region: string): string {
  const { hostname } = endpoint;
  if (region === (endpoint.region ?? 'us-east-1')) return hostname;
  if (endpoint.region !== undefined) return hostname.replace(endpoint.region, region);
  return hostname === 's3.amazonaws.com'
    ? `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
    : hostname;
}
