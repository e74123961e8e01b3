import type { ServerRequest } from './exchange.ts';
import type { RequestBody } from './request-body.ts';
import type { Store } from './store.ts';

/** One authenticated request on its way through an operation. */
export interface Call {
  readonly store: Store;
  readonly region: string;
  /** Milliseconds since the epoch, when the request came in. */
  readonly now: number;
  readonly request: ServerRequest;
  /** Empty for what concerns no bucket. */
  readonly bucket: string;
  /** Empty for what concerns no object. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  /** The request's headers, with those a presigned URL carries in its query. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The name of the user whose key signed the request; `undefined` for an anonymous request. */
  readonly caller: string | undefined;
  /** The body of an operation that streams it; already read, verified and to be had as `text` for all others. */
  readonly body: RequestBody;
  readonly text: string;
}
