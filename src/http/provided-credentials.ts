import { abortable } from './abortable.ts';
import type { Clock } from './clock.ts';
import {
  type CredentialProvider,
  type CredentialSource,
  type Credentials,
  checkCredentials,
} from './credentials.ts';

/** Before `expiration`, in milliseconds: refresh in the background, and refresh before going on. */
const ADVISORY = 300_000;
const MANDATORY = 60_000;
/** Pause after a refresh that failed, while the old credentials last. */
const PAUSE = 30_000;

/** The credentials of a provider, kept until they expire. */
export function providedCredentials(
  provider: CredentialProvider,
  clock: Pick<Clock, 'now'>,
): CredentialSource {
  let cached: Credentials | undefined;
  let refreshing: Promise<Credentials> | undefined;
  let pausedUntil = 0;
  let force = false;

  async function ask(): Promise<Credentials> {
    try {
      const fresh = checkCredentials(await provider(force ? { forceRefresh: true } : undefined));
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
    refreshing ??= ask().finally(() => {
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
