import type { TransportResponse } from '../http/transport.ts';
import type { S3ErrorFacts } from '../protocol/error.ts';
import { exchangeFailure } from './failure.ts';
import type { ResumedBody } from './resumed-body.ts';

/** Bodies up to this length are read in one go, and asked for as a whole again when they break. */
const SHORT = 8 * 1024 * 1024;

/**
 * The body of an answer to GetObject. A short one that comes whole needs no more than this; any other is handed over to
 * what goes on where a body breaks off.
 */
export class ObjectBody implements TransportResponse {
  readonly status: number;
  readonly headers: TransportResponse['headers'];
  readonly #response: TransportResponse;
  readonly #facts: S3ErrorFacts;
  readonly #load: () => Promise<ResumedBody>;
  #resumed: ResumedBody | undefined;
  #discarded = false;

  /** @param load makes what the body is handed over to */
  constructor(response: TransportResponse, facts: S3ErrorFacts, load: () => Promise<ResumedBody>) {
    this.status = response.status;
    this.headers = response.headers;
    this.#response = response;
    this.#facts = facts;
    this.#load = load;
  }

  async bytes(limit?: number): Promise<Uint8Array> {
    if (!(Number(this.headers['content-length']) <= SHORT)) return (await this.#handOver()).bytes(limit);
    try {
      return await this.#response.bytes(limit);
    } catch (error) {
      return (await this.#handOver(error)).bytes(limit, error);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    yield* await this.#handOver();
  }

  discard(): void {
    this.#discarded = true;
    (this.#resumed ?? this.#response).discard();
  }

  /** @param broken what ended the reading, which is the error where nobody can go on */
  async #handOver(broken?: unknown): Promise<ResumedBody> {
    try {
      this.#resumed = await this.#load();
    } catch (error) {
      throw exchangeFailure(broken, { ...this.#facts, status: this.status })?.error ?? error;
    }
    if (this.#discarded) this.#resumed.discard();
    return this.#resumed;
  }
}
