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

/**
 * Makes a source of whatever can be uploaded, at once for what is in memory. Throws (or rejects with) a TypeError for
 * anything else, and a RangeError when `contentLength` is no length or differs from a size that is known.
 */
export function bodySource(input: BodyInput, contentLength?: number): BodySource | Promise<BodySource> {
  if (contentLength !== undefined && !(Number.isSafeInteger(contentLength) && contentLength >= 0)) {
    throw new RangeError('contentLength must be a whole number of bytes');
  }
  if (typeof input === 'string') return bytesSource(encoder.encode(input), contentLength);
  if (typeof input === 'function') return factorySource(input, contentLength);
  const bytes = asBytes(input);
  if (bytes) return bytesSource(bytes, contentLength);
  if (input instanceof Blob) return blobSource(input, contentLength);
  if (typeof input === 'object' && input) {
    if ('getReader' in input) return streamSource(input, contentLength);
    if ('read' in input && 'stat' in input) return fileSource(input, contentLength);
    if (Symbol.asyncIterator in input) return iterableSource(input, contentLength);
  }
  throw new TypeError(
    'a body must be a string, bytes, a Blob, a stream, an async iterable of bytes, a FileHandle or a function that returns one',
  );
}

const encoder = new TextEncoder();
const CHUNK = 262_144;

function bytesSource(bytes: Uint8Array, declared: number | undefined): BodySource {
  return source({
    size: agreed(bytes.length, declared),
    bytes,
    replayable: true,
    seekable: true,
    async *open(start, end) {
      if (bytes.length > 0) yield bytes.subarray(start, end);
    },
  });
}

function blobSource(blob: Blob, declared: number | undefined): BodySource {
  return source({
    size: agreed(blob.size, declared),
    blob,
    replayable: true,
    seekable: true,
    open: (start, end) => readStream(blob.slice(start, end).stream()),
  });
}

async function fileSource(file: FileHandleLike, declared: number | undefined): Promise<BodySource> {
  const stat = await file.stat();
  if (stat.isFile?.() === false)
    throw new TypeError('this FileHandle is not of a regular file: pass a stream');
  const size = agreed(stat.size, declared);
  return source({
    size,
    replayable: true,
    seekable: true,
    async *open(start = 0, end = size) {
      while (start < end) {
        const chunk = new Uint8Array(Math.min(CHUNK, end - start));
        const { bytesRead } = await file.read(chunk, 0, chunk.length, start);
        if (bytesRead === 0) return;
        start += bytesRead;
        yield chunk.subarray(0, bytesRead);
      }
    },
  });
}

function streamSource(stream: ReadableStream<Uint8Array>, declared: number | undefined): BodySource {
  if (stream.locked) throw new TypeError('this stream is being read by someone else');
  return source({
    size: declared,
    open: () => readStream(stream),
    cancel: (reason) => {
      stream.cancel(reason).catch(ignore);
    },
  });
}

function iterableSource(
  input: AsyncIterable<Uint8Array | string> & Partial<NodeReadable>,
  declared: number | undefined,
): BodySource {
  // A Readable that fails before it is opened would take the process down; opening it reports the error.
  input.on?.('error', ignore);
  const end = (iterator: AsyncIterator<unknown>) => {
    input.destroy?.();
    return Promise.resolve(iterator.return?.()).catch(ignore);
  };
  return source({
    size: declared,
    open() {
      const iterator = input[Symbol.asyncIterator]();
      return reader(
        () => iterator.next(),
        () => end(iterator),
      );
    },
    cancel() {
      end(input[Symbol.asyncIterator]());
    },
  });
}

/** The two members of a Node Readable that are not in every async iterable. */
interface NodeReadable {
  on(event: 'error', listener: () => void): unknown;
  destroy(): unknown;
}

async function factorySource(
  make: () => BodyInput | Promise<BodyInput>,
  declared: number | undefined,
): Promise<BodySource> {
  const first = await bodySource(await make(), declared);
  if (first.replayable) return first;
  let ready: BodySource | undefined = first;
  return source({
    size: first.size,
    replayable: true,
    open() {
      const unused = ready;
      ready = undefined;
      let ended = false;
      let iterator: AsyncIterator<Uint8Array> | undefined;
      return reader(
        async () => {
          iterator ??= (unused ?? (await bodySource(await make(), declared))).open()[Symbol.asyncIterator]();
          if (ended) await iterator.return?.();
          return iterator.next();
        },
        () => {
          ended = true;
          if (iterator) return iterator.return?.();
          return unused?.cancel();
        },
      );
    },
    cancel: first.cancel,
  });
}

/** Fills in what is the same for most, and holds a body that is not replayable to one reading. */
function source(given: Partial<BodySource> & Pick<BodySource, 'open' | 'size'>): BodySource {
  const { replayable = false, seekable = false } = given;
  let opened = false;
  return {
    size: given.size,
    bytes: given.bytes,
    blob: given.blob,
    replayable,
    seekable,
    open(start, end) {
      if (!seekable && (start || end !== undefined))
        throw new TypeError('this body can only be read as a whole');
      if (!replayable && opened) throw new TypeError('this body is a stream, which cannot be read again');
      opened = true;
      return given.open(start, end);
    },
    cancel(reason) {
      if (!opened) given.cancel?.(reason);
    },
  };
}

function readStream(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const from = stream.getReader();
  return reader(
    () => from.read() as Promise<IteratorResult<Uint8Array>>,
    () => from.cancel().catch(ignore),
  );
}

/** An iterator written out, since the `return` of a generator waits for a `next` that may never come. */
function reader(
  next: () => Promise<IteratorResult<Uint8Array | string>>,
  end: () => unknown,
): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const { done, value } = await next();
        return done ? { done, value: undefined } : { done: false, value: chunkBytes(value) };
      },
      async return() {
        await end();
        return { done: true, value: undefined };
      },
    }),
  };
}

function chunkBytes(chunk: Uint8Array | string): Uint8Array {
  const bytes = typeof chunk === 'string' ? encoder.encode(chunk) : asBytes(chunk);
  if (!bytes) throw new TypeError(`the chunks of a body must be bytes or strings, not ${typeof chunk}`);
  return bytes;
}

function asBytes(input: unknown): Uint8Array | undefined {
  if (input instanceof Uint8Array) return input;
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  return input instanceof ArrayBuffer ? new Uint8Array(input) : undefined;
}

function agreed(size: number, declared = size): number {
  if (size !== declared) throw new RangeError(`contentLength is ${declared}, but the body has ${size} bytes`);
  return size;
}

function ignore(): void {}
