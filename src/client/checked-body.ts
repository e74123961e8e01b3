import type { TransportResponse } from '../http/transport.ts';
import { checksum, type StoredChecksum, startChecksum, verifiableChecksum } from '../protocol/checksum.ts';
import { S3Error, type S3ErrorFacts } from '../protocol/error.ts';
import type { Hashes } from '../protocol/hash.ts';
import { exchangeFailure } from './failure.ts';

/**
 * The same answer with a body that tells the truth: it fails with an `S3Error` where it breaks off, and at its end
 * unless it has the checksum that the server keeps of the whole object.
 */
export class CheckedBody implements TransportResponse {
  readonly status: number;
  readonly headers: TransportResponse['headers'];
  readonly #response: TransportResponse;
  readonly #facts: S3ErrorFacts;
  readonly #hashes: Hashes;
  readonly #stored: StoredChecksum | undefined;

  constructor(response: TransportResponse, facts: S3ErrorFacts, hashes: Hashes) {
    this.status = response.status;
    this.headers = response.headers;
    this.#response = response;
    this.#facts = facts;
    this.#hashes = hashes;
    this.#stored = response.status === 200 ? verifiableChecksum(response.headers) : undefined;
  }

  async bytes(limit?: number): Promise<Uint8Array> {
    try {
      const bytes = await this.#response.bytes(limit);
      if (this.#stored) this.#check(checksum(this.#stored.algorithm, bytes, this.#hashes));
      return bytes;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const running = this.#stored && startChecksum(this.#stored.algorithm, this.#hashes);
    try {
      for await (const chunk of this.#response) {
        running?.update(chunk);
        yield chunk;
      }
      if (running) this.#check(running.base64());
    } catch (error) {
      throw this.#failed(error);
    }
  }

  discard(): void {
    this.#response.discard();
  }

  #check(actual: string): void {
    if (actual === this.#stored?.value) return;
    const message = `The body does not have the ${this.#stored?.algorithm} it was stored with`;
    throw new S3Error('ChecksumMismatch', message, { ...this.#facts, status: this.status });
  }

  #failed(cause: unknown): unknown {
    return exchangeFailure(cause, { ...this.#facts, status: this.status })?.error ?? cause;
  }
}
