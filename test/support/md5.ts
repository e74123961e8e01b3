import { createHash } from 'node:crypto';

/** In hexadecimal, as ETags are. */
export function md5(content: string | Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}
