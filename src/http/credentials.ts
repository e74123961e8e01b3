/** Access keys in the shape of the AWS SDK. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Comes with temporary keys. */
  readonly sessionToken?: string | undefined;
  /** When the keys end to be valid; absent for keys that stay. */
  readonly expiration?: Date | undefined;
}

/**
 * Gives credentials whenever new ones are needed; the providers of `@aws-sdk/credential-providers` fit. Called with
 * `{ forceRefresh: true }` after a server said that the last ones had expired.
 */
export type CredentialProvider = (properties?: Record<string, unknown>) => Credentials | Promise<Credentials>;

export interface CredentialSource {
  /**
   * Credentials valid now, without waiting; undefined where `get` has to be asked. Reading it within five minutes of
   * their expiration starts a refresh in the background.
   */
  readonly current: Credentials | undefined;
  /** Credentials, new ones where needed; undefined for anonymous access. Calls share one refresh. */
  get(signal?: AbortSignal): Promise<Credentials | undefined>;
  /** Forgets `used`, which a server refused as expired (whatever there is when not given). */
  expire(used?: Credentials): void;
}

/** @throws {TypeError} an id is missing, or the expiration is no date. */
export function checkCredentials(credentials: Credentials): Credentials {
  const { accessKeyId, secretAccessKey, expiration } = credentials ?? {};
  for (const id of [accessKeyId, secretAccessKey]) {
    if (typeof id !== 'string' || id === '') {
      throw new TypeError('credentials need an accessKeyId and a secretAccessKey');
    }
  }
  if (expiration && !(expiration.getTime?.() > 0)) throw new TypeError('expiration must be a valid Date');
  return credentials;
}
