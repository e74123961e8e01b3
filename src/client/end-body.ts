import type { BodyInput } from '../http/body.ts';
import { bodySource } from '../http/body-source.ts';

/** Ends a stream whose upload will never begin, as an upload that fails does. Rejects where it was no body. */
export async function endBody(body: BodyInput): Promise<void> {
  if (typeof body !== 'function') (await bodySource(body)).cancel();
}
