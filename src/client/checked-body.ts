import type { TransportResponse } from '../http/transport.ts';
import { checksum, startChecksum, verifiableChecksum } from '../protocol/checksum.ts';
import { S3Error, type S3ErrorFacts } from '../protocol/error.ts';
import type { Hashes } from '../protocol/hash.ts';
import { exchangeFailure } from './failure.ts';

/**
 * The same answer with a body that tells the truth: it fails with an `S3Error` where it breaks off, and at its end
 * unless it has the checksum that the server keeps of the whole object.
 */
export function checkedBody(
  response: TransportResponse,
  facts: S3ErrorFacts,
  hashes: Hashes,
): TransportResponse {
  const { status, headers } = response;
  const stored = status === 200 ? verifiableChecksum(headers) : undefined;
  const check = (actual: string) => {
    if (actual === stored?.value) return;
    throw new S3Error(
      'ChecksumMismatch',
      `The body does not have the ${stored?.algorithm} it was stored with`,
      { ...facts, status },
    );
  };
  const failed = (cause: unknown) => exchangeFailure(cause, { ...facts, status })?.error ?? cause;
  return {
    status,
    headers,
    discard: () => response.discard(),
    async bytes(limit) {
      try {
        const bytes = await response.bytes(limit);
        if (stored) check(checksum(stored.algorithm, bytes, hashes));
        return bytes;
      } catch (error) {
        throw failed(error);
      }
    },
    async *[Symbol.asyncIterator]() {
      const running = stored && startChecksum(stored.algorithm, hashes);
      try {
        for await (const chunk of response) {
          running?.update(chunk);
          yield chunk;
        }
      } catch (error) {
        throw failed(error);
      }
      if (running) check(running.base64());
    },
  };
}
