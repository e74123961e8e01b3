import { abortable } from './abortable.ts';
import type { Clock } from './clock.ts';

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

/** Before `expiration`, in milliseconds: refresh in the background, and refresh before going on. */
const ADVISORY = 300_000;
const MANDATORY = 60_000;
/** Pause after a refresh that failed, while the old credentials last. */
const PAUSE = 30_000;

/** Fixed credentials, a provider's, or none (anonymous). Throws a TypeError for credentials without ids. */
export function credentialSource(
  input: Credentials | CredentialProvider | undefined,
  clock: Pick<Clock, 'now'>,
): CredentialSource {
  if (typeof input !== 'function') {
    const fixed = input && checked(input);
    return { current: fixed, get: async () => fixed, expire() {} };
  }
  let cached: Credentials | undefined;
  let refreshing: Promise<Credentials> | undefined;
  let pausedUntil = 0;
  let force = false;

  async function ask(provider: CredentialProvider): Promise<Credentials> {
    try {
      const fresh = checked(await provider(force ? { forceRefresh: true } : undefined));
      force = false;
      cached = fresh;
      return fresh;
    } catch (error) {
      const now = clock.now();
      pausedUntil = now + PAUSE;
      if (cached && now < expiry(cached)) return cached;
      throw error;
    }
  }

  const refresh = () => {
    refreshing ??= ask(input).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };

  function current(): Credentials | undefined {
    if (!cached?.expiration) return cached;
    const now = clock.now();
    const left = expiry(cached) - now;
    if (left <= 0) return undefined;
    if (now < pausedUntil) return cached;
    if (left <= MANDATORY) return undefined;
    if (left <= ADVISORY) refresh().catch(() => {});
    return cached;
  }

  return {
    get current() {
      return current();
    },
    async get(signal) {
      signal?.throwIfAborted();
      return current() ?? abortable(refresh(), signal);
    },
    expire(used = cached) {
      if (used !== cached) return;
      cached = undefined;
      force = true;
    },
  };
}

function expiry({ expiration }: Credentials): number {
  return expiration ? expiration.getTime() : Number.POSITIVE_INFINITY;
}

function checked(credentials: Credentials): Credentials {
  const { accessKeyId, secretAccessKey, expiration } = credentials ?? {};
  for (const id of [accessKeyId, secretAccessKey]) {
    if (typeof id !== 'string' || id === '') {
      throw new TypeError('credentials need an accessKeyId and a secretAccessKey');
    }
  }
  if (expiration && !(expiration.getTime?.() > 0)) throw new TypeError('expiration must be a valid Date');
  return credentials;
}
