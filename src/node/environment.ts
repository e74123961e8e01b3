import type { Credentials } from '../http/credentials.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Access keys from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and
 * `AWS_CREDENTIAL_EXPIRATION`; undefined unless both keys are set. An empty variable counts as unset.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
 */
export function environmentCredentials(env: Environment = process.env): Credentials | undefined {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) return undefined;
  const expiration = env['AWS_CREDENTIAL_EXPIRATION'];
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: env['AWS_SESSION_TOKEN'] || undefined,
    expiration: expiration ? new Date(expiration) : undefined,
  };
}

/** The region from `AWS_REGION`, else `AWS_DEFAULT_REGION`. */
export function environmentRegion(env: Environment = process.env): string | undefined {
  return env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined;
}

/**
 * The endpoint from `AWS_ENDPOINT_URL_S3`, else `AWS_ENDPOINT_URL`; undefined when
 * `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is `true`.
 */
export function environmentEndpoint(env: Environment = process.env): string | undefined {
  if (env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true') return undefined;
  return env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined;
}
