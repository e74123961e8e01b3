import type { TransportResponse } from '../http/transport.ts';
import type { StoredChecksum } from '../protocol/checksum.ts';
import { checksum, startChecksum } from '../protocol/compute-checksum.ts';
import { S3Error, type S3ErrorFacts } from '../protocol/error.ts';
import type { Hashes } from '../protocol/hash.ts';

/** The same body, but it fails at its end unless it has the checksum that the server keeps of the whole object. */
export class CheckedBody implements TransportResponse {
  readonly status: number;
  readonly headers: TransportResponse['headers'];
  readonly #response: TransportResponse;
  readonly #stored: StoredChecksum;
  readonly #facts: S3ErrorFacts;
  readonly #hashes: Hashes;

  constructor(response: TransportResponse, stored: StoredChecksum, facts: S3ErrorFacts, hashes: Hashes) {
    this.status = response.status;
    this.headers = response.headers;
    this.#response = response;
    this.#stored = stored;
    this.#facts = facts;
    this.#hashes = hashes;
  }

  async bytes(limit?: number): Promise<Uint8Array> {
    const bytes = await this.#response.bytes(limit);
    this.#check(checksum(this.#stored.algorithm, bytes, this.#hashes));
    return bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const running = startChecksum(this.#stored.algorithm, this.#hashes);
    for await (const chunk of this.#response) {
      running.update(chunk);
      yield chunk;
    }
    this.#check(running.base64());
  }

  discard(): void {
    this.#response.discard();
  }

  #check(actual: string): void {
    checkStored(this.#stored, actual, { ...this.#facts, status: this.status });
  }
}

/** @throws {S3Error} `ChecksumMismatch` when `actual` is not the stored checksum's value. */
export function checkStored(
  { algorithm, value }: StoredChecksum,
  actual: string | undefined,
  facts: S3ErrorFacts,
): void {
  if (actual === value) return;
  throw new S3Error('ChecksumMismatch', `The body does not have the ${algorithm} it was stored with`, facts);
}
