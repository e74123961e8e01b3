/**
 * What can be uploaded. Strings are sent as UTF-8. A function is called whenever the body is needed once more, so
 * that a stream it opens can be retried; a bare stream is sent once or not at all.
 */
export type BodyInput =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | FileHandleLike
  | (() => BodyInput | Promise<BodyInput>);

/** An open file that is read by position, such as a `FileHandle` of `node:fs/promises`. The caller closes it. */
export interface FileHandleLike {
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  stat(): Promise<{ readonly size: number; isFile?(): boolean }>;
}

/** Bytes with a size (or not), that can be opened, maybe again, maybe from the middle. */
export interface BodySource {
  /** In bytes; undefined while nobody knows. */
  readonly size: number | undefined;
  /** All of it, where it is in memory. */
  readonly bytes: Uint8Array | undefined;
  /** All of it, where it is a Blob. */
  readonly blob: Blob | undefined;
  /** Whether `open` works more than once. */
  readonly replayable: boolean;
  /** Whether `open` takes a range; otherwise it always starts at the beginning. */
  readonly seekable: boolean;
  /**
   * The bytes from `start` up to `end` (exclusive). Its iterator's `return` also ends a source that is waiting.
   * Throws a TypeError when the body cannot be read again, or not from there.
   */
  open(start?: number, end?: number): AsyncIterable<Uint8Array>;
  /** Ends a source that was never opened. */
  cancel(reason?: unknown): void;
}

/** A body in memory. */
export function bytesSource(bytes: Uint8Array, declared: number | undefined): BodySource {
  return {
    size: agreed(bytes.length, declared),
    bytes,
    blob: undefined,
    replayable: true,
    seekable: true,
    async *open(start, end) {
      if (bytes.length > 0) yield bytes.subarray(start, end);
    },
    cancel() {},
  };
}

/** The bytes of what is bytes already. */
export function asBytes(input: unknown): Uint8Array | undefined {
  if (input instanceof Uint8Array) return input;
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  return input instanceof ArrayBuffer ? new Uint8Array(input) : undefined;
}

/** The size of a body, where a size that was declared says the same. */
export function agreed(size: number, declared = size): number {
  if (size !== declared) throw new RangeError(`contentLength is ${declared}, but the body has ${size} bytes`);
  return size;
}

/** A Node Readable that fails before it is opened would take the process down; opening it reports the error. */
export function expectError(body: BodyInput | undefined): void {
  (body as { on?: (event: 'error', listener: () => void) => unknown } | null | undefined)?.on?.(
    'error',
    () => {},
  );
}
