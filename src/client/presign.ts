import { checkHeader } from '../protocol/check-header.ts';
import { checkExpiresIn } from '../protocol/expires-in.ts';
import { type PostCondition, signPostPolicyV2, signPostPolicyV4 } from '../protocol/post-policy.ts';
import { longestPresignV4, presignV4 } from '../protocol/presign-v4.ts';
import { presignV2 } from '../protocol/sigv2.ts';
import type { SigningCredentials } from '../protocol/sigv4.ts';
import { canonicalQuery, encodePath } from '../protocol/uri.ts';
import type { Location } from './locate.ts';
import { checkKey } from './names.ts';
import type { Sender } from './send.ts';

export interface PresignOptions {
  bucket?: string | undefined;
  /** Default `GET`. */
  method?: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | undefined;
  /** Seconds the URL is good for, from 1 to 604,800 (a week). Default 3,600. */
  expiresIn?: number | undefined;
  /** Headers that whoever uses the URL has to send with just these values. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Parameters that belong to the URL: `{ 'response-content-disposition': 'attachment' }`, `{ versionId }`. */
  query?: Readonly<Record<string, string>> | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * A URL that lets anyone do one thing with one object for a while. Nothing is sent. The URL is a secret: it stops to
 * work with the credentials that signed it.
 */
export async function presign(sender: Sender, key: string, options: PresignOptions): Promise<string> {
  const { method = 'GET', expiresIn = 3600, query = {} } = options;
  if (!/^(GET|HEAD|PUT|POST|DELETE)$/.test(method))
    throw new TypeError('method must be GET, HEAD, PUT, POST or DELETE');
  checkKey(key);
  // SigV2 knows no bound of its own.
  checkExpiresIn(expiresIn, longestPresignV4);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    checkHeader(name, value);
    headers[name.toLowerCase()] = value;
  }
  const bucket = sender.bucket(options.bucket);
  const { credentials, location } = await signer(sender, bucket, options.signal);
  const { hashes, version } = sender.settings;
  const now = sender.now();
  const path = `${location.prefix}/${encodePath(key)}`;
  const request = { method, path, query: canonicalQuery(Object.entries(query)), headers };
  const signed =
    version === 's3'
      ? presignV2(
          request,
          { hashes, credentials, now, virtualHostBucket: location.virtualHostBucket },
          expiresIn,
        )
      : presignV4(
          { ...request, headers: { ...headers, host: location.host } },
          { hashes, credentials, region: location.region, now },
          expiresIn,
        );
  return `${origin(location)}${path}?${signed}`;
}

export interface PresignPostOptions {
  bucket?: string | undefined;
  /** Seconds the form is good for. Default 3,600. */
  expiresIn?: number | undefined;
  /** Further fields of the form, each fixed to its value: `{ 'content-type': 'image/png', acl: 'public-read' }`. */
  fields?: Readonly<Record<string, string>> | undefined;
  /** What else the form has to satisfy: `['content-length-range', 0, 1_000_000]`, `['starts-with', '$content-type', 'image/']`. */
  conditions?: readonly PostCondition[] | undefined;
  signal?: AbortSignal | undefined;
}

export interface PresignedPost {
  /** What the form is posted to. */
  readonly url: string;
  /** Fields that go before the field `file`. */
  readonly fields: Record<string, string>;
}

/**
 * A form with which a browser may upload one file. The key may end in `${filename}`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
export async function presignPost(
  sender: Sender,
  key: string,
  options: PresignPostOptions,
): Promise<PresignedPost> {
  checkKey(key);
  const bucket = sender.bucket(options.bucket);
  const { expiresIn = 3600, conditions } = options;
  const { credentials, location } = await signer(sender, bucket, options.signal);
  const { hashes, version } = sender.settings;
  const policy = { bucket, expiresIn, conditions, fields: { ...options.fields, key } };
  const context = { hashes, credentials, region: location.region, now: sender.now() };
  const fields = version === 's3' ? signPostPolicyV2(policy, context) : signPostPolicyV4(policy, context);
  return { url: `${origin(location)}${location.prefix}/`, fields };
}

async function signer(
  sender: Sender,
  bucket: string,
  signal: AbortSignal | undefined,
): Promise<{ credentials: SigningCredentials; location: Location }> {
  const credentials = await sender.settings.credentials.get(signal);
  if (credentials === undefined)
    throw new TypeError('Presigning needs credentials, and this connection is anonymous');
  return { credentials, location: sender.location(bucket) };
}

function origin({ secure, host }: Location): string {
  return `${secure ? 'https' : 'http'}://${host}`;
}
