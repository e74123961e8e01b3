/** A request body whose length is known: bytes, or a stream that can be opened at least once. */
export type RequestBody = Uint8Array | StreamBody;

/** Bytes sent as they come. S3 refuses bodies without a length, so `size` is always known here. */
export interface StreamBody {
  /** Bytes the stream yields; the transport errors when it yields more or fewer. */
  readonly size: number;
  /** The same bytes as a Blob where they are one: browsers can send that with a length. */
  readonly blob?: Blob | undefined;
  open(): AsyncIterable<Uint8Array>;
}

/** One HTTP exchange as data. `path` (with its query) and `headers` go on the wire exactly as they are. */
export interface TransportRequest {
  readonly method: string;
  readonly secure: boolean;
  /** Host name or IP address to connect to, IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Raw path and query, already percent-encoded, starting with `/`. */
  readonly path: string;
  /** Lower-case names; `host` is always there, `content-length` whenever there is a body or the method wants one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody | undefined;
  readonly timeouts: Timeouts;
  /** What the request is for, in words fit for an error or a log (`GetObject bucket/key`): no query, no secret. */
  readonly label: string;
}

/** Bounds on waits, in milliseconds. Idle means no byte moved: a slow live transfer goes on. */
export interface Timeouts {
  readonly connect: number;
  readonly firstByte: number;
  readonly idle: number;
}

/** The answer as soon as its headers are there. Exactly one of `bytes`, iteration and `discard` uses the body. */
export interface TransportResponse extends AsyncIterable<Uint8Array> {
  readonly status: number;
  /** Lower-case names; repeated ones joined with `, `. Values are Latin-1 text as it came. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /**
   * The whole body. Rejects with a `TransportError` when it ends before its declared length, and with one of kind
   * `protocol` when it grows past `limit` bytes.
   */
  bytes(limit?: number): Promise<Uint8Array>;
  /** Lets go of the connection without reading the rest. Safe at any time, any number of times. */
  discard(): void;
}

/**
 * One HTTP exchange. Never follows redirects, never retries, never decodes content. Rejects with `TransportError`,
 * or with `signal.reason` once the signal aborts (before or during the exchange, and while the body is read).
 */
export type Transport = (request: TransportRequest, signal?: AbortSignal) => Promise<TransportResponse>;

/**
 * How far an exchange got, which decides whether it may be tried again:
 * `connect` no connection was made, so nothing was sent;
 * `stale` a kept-alive connection was dead before any byte of an answer came;
 * `timeout` one of the `Timeouts` ran out (`phase` names it);
 * `interrupted` the connection broke after the request started and before the answer ended;
 * `protocol` the answer was not HTTP as it should be, never worth repeating.
 */
export type TransportFailure = 'connect' | 'stale' | 'timeout' | 'interrupted' | 'protocol';

/** A failed exchange, classified where it failed. */
export class TransportError extends Error {
  override readonly name: string = 'TransportError';
  readonly kind: TransportFailure;
  /** Which wait ran out, for kind `timeout`. */
  readonly phase: 'connect' | 'firstByte' | 'idle' | 'socket' | undefined;

  constructor(
    kind: TransportFailure,
    message: string,
    options: { cause?: unknown; phase?: 'connect' | 'firstByte' | 'idle' | 'socket' } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.phase = options.phase;
  }
}
