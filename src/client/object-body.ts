import type { TransportResponse } from '../http/transport.ts';
import type { S3ErrorFacts } from '../protocol/error.ts';
import { exchangeFailure } from './failure.ts';
import type { ResumedBody } from './resumed-body.ts';

/** Bodies up to this length are read in one go, and asked for as a whole again when they break. */
const SHORT = 8 * 1024 * 1024;

/**
 * The body of an answer to GetObject. A short one that comes whole needs no more than this; any other is handed over to
 * what goes on where a body breaks off.
 *
 * @param load makes that
 */
export function objectBody(
  response: TransportResponse,
  facts: S3ErrorFacts,
  load: () => Promise<ResumedBody>,
): TransportResponse {
  const { status, headers } = response;
  let resumed: ResumedBody | undefined;
  let discarded = false;

  async function handOver(broken?: unknown): Promise<ResumedBody> {
    try {
      resumed = await load();
    } catch (error) {
      throw exchangeFailure(broken, { ...facts, status })?.error ?? error;
    }
    if (discarded) resumed.discard();
    return resumed;
  }

  return {
    status,
    headers,
    async bytes(limit) {
      if (!(Number(headers['content-length']) <= SHORT)) return (await handOver()).bytes(limit);
      try {
        return await response.bytes(limit);
      } catch (error) {
        return (await handOver(error)).bytes(limit, error);
      }
    },
    async *[Symbol.asyncIterator]() {
      yield* await handOver();
    },
    discard() {
      discarded = true;
      (resumed ?? response).discard();
    },
  };
}
