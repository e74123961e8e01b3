import type { TransportResponse } from '../http/transport.ts';
import { bareEtag } from './response.ts';

/** What the server says of an object it has stored. */
export interface Stored {
  readonly status: number;
  /** Without its quotes. */
  readonly etag: string | undefined;
  readonly versionId: string | undefined;
  /** All headers, by lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Reads an answer whose headers are all there is to know. */
export async function stored(response: TransportResponse): Promise<Stored> {
  await response.bytes(1_048_576);
  const { status, headers } = response;
  return { status, etag: bareEtag(headers['etag']), versionId: headers['x-amz-version-id'], headers };
}
