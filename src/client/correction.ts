import type { TransportResponse } from '../http/transport.ts';
import type { SigningCredentials } from '../protocol/sigv4.ts';
import type { Failure } from './failure.ts';
import type { Location } from './locate.ts';
import { isRegion } from './names.ts';
import { redirectedLocation } from './redirect.ts';
import type { Settings } from './settings.ts';

/** What was wrong with a request, and what is to be done about it unless that has been done already. */
export type Correction =
  | { readonly what: 'redirect'; readonly location: Location }
  | { readonly what: 'region'; readonly region: string }
  | { readonly what: 'clock'; readonly skew: number }
  | { readonly what: 'credentials' };

/** The request that was answered. */
export interface Attempt {
  readonly path: string;
  readonly location: Location;
  readonly bucket: string | undefined;
  readonly credentials: SigningCredentials | undefined;
  /** How far the server's clock was taken to be ahead, in milliseconds. */
  readonly skew: number;
}

/** From this difference on, in milliseconds, a refused signature is put down to the clock. */
const clockTolerance = 240_000;

/** What an answer says was wrong with the request, where that can be mended: each is worth one more attempt. */
export function correctionOf(
  { error }: Failure,
  response: TransportResponse,
  { endpoint, credentials: source, clock }: Settings,
  { path, location, bucket, credentials, skew }: Attempt,
): Correction | undefined {
  const target = redirectedLocation(response, endpoint, location, path);
  if (target) return { what: 'redirect', location: target };
  const { code, region } = error;
  if (region !== undefined && bucket !== undefined && region !== location.region && isRegion(region))
    return { what: 'region', region };
  if (credentials === undefined) return undefined;
  if (/^(ExpiredToken(Exception)?|InvalidToken|TokenRefreshRequired|RequestExpired)$/.test(code)) {
    source.expire(credentials as never);
    return source.current === credentials ? undefined : { what: 'credentials' };
  }
  const ahead = Date.parse(response.headers['date'] ?? '') - clock.now();
  const refused = code === 'RequestTimeTooSkewed' || response.status === 403;
  return refused && Math.abs(ahead - skew) >= clockTolerance ? { what: 'clock', skew: ahead } : undefined;
}
