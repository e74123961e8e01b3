import { concatenate } from '../http/concatenate.ts';
import { tooLong } from '../http/exchange-error.ts';
import { TransportError, type TransportResponse } from '../http/transport.ts';
import { getObject } from '../operations/objects.ts';
import type { S3ErrorFacts } from '../protocol/error.ts';
import { formatRange } from '../protocol/format-range.ts';
import {
  type AnsweredRange,
  answeredRange,
  changedMeanwhile,
  checkVersion,
  strongEtag,
} from './answered-range.ts';
import { exchangeFailure } from './failure.ts';
import type { Call, Sender } from './send.ts';

/**
 * An answer to GetObject whose body is gone on with where it breaks off: the rest is asked for by `Range`, and only of
 * the same version (`If-Match`), as long as the call has attempts left. Where that cannot be (the answer has no ETag or
 * no length, or its content may have been decoded on the way) or does not help, the body fails with an `S3Error`; it
 * never ends short.
 */
export class ResumedBody implements TransportResponse {
  readonly status: number;
  readonly headers: TransportResponse['headers'];
  readonly #sender: Sender;
  readonly #input: Readonly<Record<string, unknown>>;
  readonly #call: Call;
  /** The answer that is being read, and what is known of the exchange that gave it. */
  #response: TransportResponse;
  #facts: S3ErrorFacts;
  #discarded = false;

  /** @param input what GetObject was sent with */
  constructor(
    sender: Sender,
    input: Readonly<Record<string, unknown>>,
    call: Call,
    response: TransportResponse,
    facts: S3ErrorFacts,
  ) {
    this.status = response.status;
    this.headers = response.headers;
    this.#sender = sender;
    this.#input = input;
    this.#call = call;
    this.#response = response;
    this.#facts = facts;
  }

  /** @param broken what ended an earlier reading: the body is asked for again */
  async bytes(limit: number = Number.POSITIVE_INFINITY, broken?: unknown): Promise<Uint8Array> {
    if (broken !== undefined) await this.#resume(broken, 0);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) throw tooLong(limit);
    }
    return concatenate(chunks, size);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const range = this.#range();
    const length = range ? range.last - range.first + 1 : Number.NaN;
    let position = 0;
    for (;;) {
      try {
        for await (const chunk of this.#response) {
          position += chunk.length;
          if (position > length && this.#response.status === 206) {
            throw new TransportError('protocol', 'the answer is longer than its range');
          }
          yield chunk;
        }
        if (position < length) {
          throw new TransportError('interrupted', `the answer ended ${length - position} bytes short`);
        }
        return;
      } catch (error) {
        if (position === length) return;
        await this.#resume(error, position);
      }
    }
  }

  discard(): void {
    this.#discarded = true;
    this.#response.discard();
  }

  /** Asks for the bytes from `position` on; throws what broke the body where that cannot be. */
  async #resume(cause: unknown, position: number): Promise<void> {
    const failure = exchangeFailure(cause, { ...this.#facts, status: this.status });
    if (!failure) throw cause;
    const range = this.#range();
    const etag = strongEtag(this.headers['etag']);
    if (this.#discarded || !failure.kind || !range || !etag) throw failure.error;
    const due = { ...range, first: range.first + position };
    const headers = { ...this.#call.headers, range: formatRange(due), 'if-match': etag };
    try {
      await this.#sender.exchange(
        getObject,
        this.#input,
        { ...this.#call, headers },
        {
          after: { failure, attempts: this.#facts.attempts ?? 1 },
          read: (response, facts) => {
            checkVersion(response, due, etag, facts);
            this.#response = response;
            this.#facts = facts;
          },
        },
      );
    } catch (error) {
      throw changedMeanwhile(error);
    }
    if (this.#discarded) {
      this.#response.discard();
      throw failure.error;
    }
  }

  /** Which bytes the body has; undefined where there are none, or it is not known for certain. */
  #range(): AnsweredRange | undefined {
    const range = this.headers['content-encoding'] === undefined ? answeredRange(this) : undefined;
    return range && range.first <= range.last ? range : undefined;
  }
}
