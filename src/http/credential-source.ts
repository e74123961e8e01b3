import type { Clock } from './clock.ts';
import {
  type CredentialProvider,
  type CredentialSource,
  type Credentials,
  checkCredentials,
} from './credentials.ts';

/** Fixed credentials, a provider's, or none (anonymous). Throws a TypeError for credentials without ids. */
export function credentialSource(
  input: Credentials | CredentialProvider | undefined,
  clock: Pick<Clock, 'now'>,
): CredentialSource {
  if (typeof input !== 'function') {
    const fixed = input && checkCredentials(input);
    return { current: fixed, get: async () => fixed, expire() {} };
  }
  let source: CredentialSource | undefined;
  return {
    get current() {
      return source?.current;
    },
    async get(signal) {
      if (!source) {
        const { providedCredentials } = await import('./provided-credentials.ts');
        source ??= providedCredentials(input, clock);
      }
      return source.get(signal);
    },
    expire(used) {
      source?.expire(used);
    },
  };
}
