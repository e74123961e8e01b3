import { agreed, asBytes, type BodyInput, type BodySource, type FileHandleLike } from './body.ts';

type SourceOf = (input: BodyInput, contentLength?: number) => BodySource | Promise<BodySource>;

/**
 * A source of anything that is not bytes yet.
 *
 * @param sourceOf makes a source of what a function gives
 */
export function streamedSource(
  input: BodyInput,
  contentLength: number | undefined,
  sourceOf: SourceOf,
): BodySource | Promise<BodySource> {
  if (typeof input === 'function') return factorySource(input, contentLength, sourceOf);
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
  input: AsyncIterable<Uint8Array | string> & { destroy?: () => unknown },
  declared: number | undefined,
): BodySource {
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

async function factorySource(
  make: () => BodyInput | Promise<BodyInput>,
  declared: number | undefined,
  sourceOf: SourceOf,
): Promise<BodySource> {
  const first = await sourceOf(await make(), declared);
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
          iterator ??= (unused ?? (await sourceOf(await make(), declared))).open()[Symbol.asyncIterator]();
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
    bytes: undefined,
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

function ignore(): void {}
