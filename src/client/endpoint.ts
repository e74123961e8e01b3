import { decodeUri, encodeUri } from '../protocol/uri.ts';

/** Where requests go before a bucket is known. */
export interface Endpoint {
  readonly secure: boolean;
  /** IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Path in front of everything, without a slash at its end: `''`, or `/s3` for a gateway behind a proxy. */
  readonly basePath: string;
  /** AWS S3's own, where host names follow from the region. */
  readonly aws: boolean;
  /** The region the host name tells, if it does. */
  readonly region: string | undefined;
}

/**
 * @param endpoint `host`, `host:port` or a URL; S3 of AWS when undefined.
 * @param tls whether a host without a scheme is spoken to over TLS; default true.
 * @throws {TypeError} it is none of that, or `tls` says otherwise than the URL's scheme.
 */
export function parseEndpoint(endpoint = 's3.amazonaws.com', tls?: boolean): Endpoint {
  let url: URL;
  try {
    url = new URL(
      /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint)
        ? endpoint
        : `${tls === false ? 'http' : 'https'}://${endpoint}`,
    );
  } catch {
    throw new TypeError('endpoint must be a host, host:port or URL');
  }
  const { protocol, hostname, username, password, search, hash, pathname } = url;
  const secure = protocol === 'https:';
  if (
    (!secure && protocol !== 'http:') ||
    username ||
    password ||
    search ||
    hash ||
    decodeUri(pathname) === undefined ||
    /[^a-z0-9.\-_:[\]]/i.test(hostname)
  ) {
    throw new TypeError('endpoint must be http or https, with nothing but a host, a port and a path');
  }
  if (tls !== undefined && tls !== secure)
    throw new TypeError(`endpoint is ${protocol}//, tls says otherwise`);
  return {
    secure,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 443 : 80),
    basePath: pathname
      .split('/')
      .filter(Boolean)
      .map((part) => `/${encodeUri(decodeURIComponent(part))}`)
      .join(''),
    aws: /(^|\.)amazonaws\.com(\.cn)?$/.test(hostname),
    region: regionOf(hostname),
  };
}

/** AWS's host names tell the region; R2 and GCS take `auto`. */
function regionOf(hostname: string): string | undefined {
  if (/\.r2\.cloudflarestorage\.com$|(^|\.)storage\.googleapis\.com$/.test(hostname)) return 'auto';
  const host = /^(?:.+\.)?s3(?:-fips)?(?:\.dualstack)?[.-]([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(
    hostname,
  );
  const region = host?.[1];
  return region === undefined || region === 'accelerate' || region === 'external-1' ? undefined : region;
}
