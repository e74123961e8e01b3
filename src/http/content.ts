import type { BodyInput, BodySource, FileHandleLike } from './body.ts';
import { bodySource } from './body-source.ts';
import { wrongSize } from './exchange-error.ts';

/** Bytes to be read piece by piece into memory of the reader's own. */
export interface Content {
  /** In bytes; undefined while nobody knows. */
  readonly size: number | undefined;
  /** All of it, where it is in memory. */
  readonly bytes?: Uint8Array | undefined;
  /** Last modification in milliseconds since the epoch, where it has one. */
  readonly modified?: number | undefined;
  /** Whether `read` takes any position; otherwise each one has to be where the last read ended. */
  readonly seekable: boolean;
  /** Fills `buffer` from `position` on and gives the number of bytes, fewer only at the end. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Ends a source, also one that is waiting. Safe at any time, any number of times. */
  close(): unknown;
}

/** What can be uploaded, as {@link Content}. Throws what {@link bodySource} throws. */
export async function contentOf(body: BodyInput, contentLength?: number): Promise<Content> {
  const source = await bodySource(body, contentLength);
  if (source.bytes) return bytesContent(source.bytes);
  if (isFileHandle(body)) return fileContent(body, source.size);
  return source.seekable ? seekableContent(source) : streamContent(source);
}

/**
 * The beginning of content, `limit` bytes or all there is, in memory that grows with what comes.
 *
 * @throws {RangeError} it has not the size it should have
 */
export async function readHead(content: Content, limit: number): Promise<Uint8Array> {
  const { size } = content;
  let head = new Uint8Array(Math.min(limit, size ?? 65_536));
  let filled = 0;
  for (;;) {
    filled += await content.read(head.subarray(filled), filled);
    if (filled < head.length || filled === limit || filled === size) break;
    const larger = new Uint8Array(Math.min(limit, 16 * filled));
    larger.set(head);
    head = larger;
  }
  if (size !== undefined && filled < head.length) throw wrongSize(size, filled);
  return head.subarray(0, filled);
}

function bytesContent(bytes: Uint8Array): Content {
  return {
    size: bytes.length,
    bytes,
    seekable: true,
    async read(buffer, position) {
      const found = bytes.subarray(position, position + buffer.length);
      buffer.set(found);
      return found.length;
    },
    close() {},
  };
}

function isFileHandle(body: BodyInput): body is FileHandleLike {
  return typeof body === 'object' && 'read' in body && 'stat' in body;
}

/** A file that the caller has opened, and closes. */
async function fileContent(file: FileHandleLike, size: number | undefined): Promise<Content> {
  const { mtimeMs } = (await file.stat()) as { mtimeMs?: number };
  return {
    size,
    modified: mtimeMs,
    seekable: true,
    async read(buffer, position) {
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled;
    },
    close() {},
  };
}

/** A Blob, or what a function opens. */
function seekableContent(source: BodySource): Content {
  return {
    size: source.size,
    modified: (source.blob as Partial<File> | undefined)?.lastModified,
    seekable: true,
    async read(buffer, position) {
      let filled = 0;
      for await (const chunk of source.open(position, position + buffer.length)) {
        buffer.set(chunk, filled);
        filled += chunk.length;
      }
      return filled;
    },
    close() {},
  };
}

/** Chunks of any size, each copied once. A size is held to: the last bytes wait until the source has ended there. */
function streamContent(source: BodySource): Content {
  const announced = source.size ?? Number.NaN;
  let iterator: AsyncIterator<Uint8Array> | undefined;
  let rest: Uint8Array = nothing;
  let seen = 0;
  let closed = false;
  return {
    size: source.size,
    seekable: false,
    async read(buffer) {
      for (let filled = 0; ; ) {
        const count = Math.min(rest.length, buffer.length - filled);
        const whole = count === rest.length;
        buffer.set(whole ? rest : rest.subarray(0, count), filled);
        // Not an empty view of it, which would keep a chunk alive.
        rest = whole ? nothing : rest.subarray(count);
        filled += count;
        const last = seen === announced && rest.length === 0;
        if (closed || (filled === buffer.length && !last)) return filled;
        iterator ??= source.open()[Symbol.asyncIterator]();
        const { done, value } = await iterator.next();
        if (done) closed = true;
        else {
          rest = value;
          seen += value.length;
        }
        if (done ? seen < announced : seen > announced) throw wrongSize(announced, seen);
      }
    },
    close() {
      const waiting = !closed;
      closed = true;
      if (!iterator) source.cancel();
      // A source that is waiting may never answer; nobody waits for it.
      else if (waiting) Promise.resolve(iterator.return?.()).catch(() => {});
    },
  };
}

const nothing = new Uint8Array(0);
