import type { Jobs } from './jobs.ts';
import type { Sender } from './send.ts';

/**
 * Where the classes beside a Connection find what it sends with. No door gives the symbol away, so that it stays inside
 * the package.
 */
export const inside: unique symbol = Symbol('inside');

/** A Connection or a Pool. */
export interface Connected {
  readonly [inside]: { readonly sender: Sender; readonly jobs: Jobs };
}
