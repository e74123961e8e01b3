import type { TransportResponse } from '../http/transport.ts';
import type { Endpoint } from './endpoint.ts';
import type { Location } from './locate.ts';

/**
 * Where a 307 sends a request on to, if that is a host of the endpoint's own domain, same scheme and port; any other
 * place must get neither a signature nor a body. AWS sends these while a new bucket's name is not in DNS everywhere.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
 */
export function redirectedLocation(
  { status, headers }: TransportResponse,
  endpoint: Endpoint,
  from: Location,
): Location | undefined {
  const target = headers['location'];
  if (status !== 307 || target === undefined || !URL.canParse(target)) return undefined;
  const url = new URL(target);
  const { hostname, host } = url;
  const port = Number(url.port) || (endpoint.secure ? 443 : 80);
  const domain = endpoint.aws ? 'amazonaws.com' : endpoint.hostname;
  if ((url.protocol === 'https:') !== endpoint.secure || port !== from.port || url.username || url.password)
    return undefined;
  if (hostname !== domain && !hostname.endsWith(`.${domain}`)) return undefined;
  return { ...from, hostname, host };
}
