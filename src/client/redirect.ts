import type { TransportResponse } from '../http/transport.ts';
import { decodeUri } from '../protocol/uri.ts';
import type { Endpoint } from './endpoint.ts';
import type { Location } from './locate.ts';

/**
 * Where a 307 sends a request on to, if that is a host of the endpoint's own domain, same scheme, port and path; any
 * other place must get neither a signature nor a body. AWS sends these while a new bucket's name is not in DNS
 * everywhere.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
 */
export function redirectedLocation(
  { status, headers }: TransportResponse,
  endpoint: Endpoint,
  from: Location,
  path: string,
): Location | undefined {
  const target = headers['location'];
  if (status !== 307 || target === undefined || !URL.canParse(target)) return undefined;
  const url = new URL(target);
  const { hostname, host } = url;
  const port = Number(url.port) || (endpoint.secure ? 443 : 80);
  if ((url.protocol === 'https:') !== endpoint.secure || port !== from.port || url.username || url.password)
    return undefined;
  // Names of AWS that are not S3's (`*.elb.amazonaws.com`) may be anybody's.
  const own = endpoint.aws
    ? /(^|\.)s3(-[a-z0-9-]+)?(\.dualstack)?(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/.test(hostname)
    : `.${hostname}`.endsWith(`.${endpoint.hostname}`);
  // Another path would be another key: the bucket has moved from the path to the host, or back.
  if (!own || decodeUri(url.pathname) !== decodeUri(path)) return undefined;
  return { ...from, hostname, host };
}
