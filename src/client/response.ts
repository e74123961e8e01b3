import type { TransportResponse } from '../http/transport.ts';
import { readMetadata } from '../protocol/metadata.ts';

/**
 * An answer with its body still to be read: reads like a web `Response`, but makes `Headers` and streams only when
 * asked for them. The body can be read once; whoever does not read it should `cancel()`, as it holds a connection.
 */
export class S3Response implements AsyncIterable<Uint8Array> {
  readonly #response: TransportResponse;
  #used = false;

  constructor(response: TransportResponse) {
    this.#response = response;
  }

  get status(): number {
    return this.#response.status;
  }

  /** False for 304, the answer to a condition that says nothing has changed. */
  get ok(): boolean {
    return this.#response.status < 300;
  }

  get headers(): Headers {
    const headers = new Headers();
    for (const [name, value] of Object.entries(this.#response.headers))
      if (value !== undefined) headers.set(name, value);
    return headers;
  }

  /** Without its quotes. */
  get etag(): string | undefined {
    return bareEtag(this.#response.headers['etag']);
  }

  get lastModified(): Date | undefined {
    return headerDate(this.#response.headers['last-modified']);
  }

  get contentType(): string | undefined {
    return this.#response.headers['content-type'];
  }

  /** Bytes of this answer's body, as the server declared them. */
  get contentLength(): number | undefined {
    return headerNumber(this.#response.headers['content-length']);
  }

  /** User metadata by lower-case name without `x-amz-meta-`. */
  get metadata(): Record<string, string> {
    return readMetadata(this.#response.headers);
  }

  get versionId(): string | undefined {
    return this.#response.headers['x-amz-version-id'];
  }

  get bodyUsed(): boolean {
    return this.#used;
  }

  /** The body as a web stream; a connection that breaks makes it fail, it never ends short. */
  get body(): ReadableStream<Uint8Array> {
    return toReadableStream(this);
  }

  bytes(): Promise<Uint8Array> {
    return this.#used ? Promise.reject(alreadyUsed()) : this.#take().bytes();
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  async json<T = unknown>(): Promise<T> {
    return JSON.parse(await this.text());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = await this.bytes();
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  }

  async blob(): Promise<Blob> {
    const bytes = (await this.bytes()) as Uint8Array<ArrayBuffer>;
    return new Blob([bytes], { type: this.contentType ?? '' });
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#take()[Symbol.asyncIterator]();
  }

  /** Lets go of the connection without reading the rest. */
  cancel(): void {
    this.#used = true;
    this.#response.discard();
  }

  /** A web `Response` of the same, to hand to a web framework. */
  toResponse(): Response {
    const { status } = this;
    const empty = status === 204 || status === 304;
    if (empty) this.cancel();
    return new Response(empty ? null : this.body, { status, headers: this.headers });
  }

  #take(): TransportResponse {
    if (this.#used) throw alreadyUsed();
    this.#used = true;
    return this.#response;
  }
}

function alreadyUsed(): TypeError {
  return new TypeError('The body of this response was read before');
}

function toReadableStream(source: S3Response): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => source.cancel(),
    },
    { highWaterMark: 0 },
  );
}

export function bareEtag(etag: string | undefined): string | undefined {
  return etag?.replace(/^"(.*)"$/, '$1');
}

export function headerDate(value: string | undefined): Date | undefined {
  const date = new Date(value ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

export function headerNumber(value: string | undefined): number | undefined {
  return value === undefined || !/^\d{1,15}$/.test(value) ? undefined : Number(value);
}
