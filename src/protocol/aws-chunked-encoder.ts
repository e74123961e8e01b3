import { type AwsChunkedForm, type ChunkSigner, smallestChunk } from './aws-chunked.ts';
import { emptyPayloadHash } from './sigv4.ts';

export interface AwsChunkedEncoding {
  /** Data bytes of every chunk but the last, at least 8192. */
  readonly chunkSize: number;
  /** Signs the chunks, and the trailer if there is one; without it there has to be a trailer. */
  readonly signer?: ChunkSigner | undefined;
  /** `value` is asked for once the whole body has been read. */
  readonly trailer?: { readonly name: string; value(): string } | undefined;
}

/**
 * Frames a body as aws-chunked. Pieces of the source that fill a chunk are passed on as they are; smaller ones are
 * copied together. Nothing of a piece is kept once the source is asked for the next, so it may reuse its buffer as soon
 * as the consumer has done with what it was given.
 */
export async function* encodeAwsChunked(
  source: AsyncIterable<Uint8Array>,
  { chunkSize, signer, trailer }: AwsChunkedEncoding,
): AsyncGenerator<Uint8Array, void, undefined> {
  checkChunkSize(chunkSize);
  if (!signer && !trailer) throw new TypeError('aws-chunked without signatures needs a trailer');
  const encoder = new TextEncoder();
  let lineEnd = '';
  for await (const chunk of repack(source, chunkSize)) {
    yield encoder.encode(lineEnd + chunkHeader(chunk.length, signer, () => signer!.hashes.sha256Hex(chunk)));
    yield chunk;
    lineEnd = '\r\n';
  }
  let end = lineEnd + chunkHeader(0, signer, () => emptyPayloadHash);
  if (trailer) {
    const line = `${trailer.name}:${trailer.value()}`;
    end += `${line}\r\n`;
    if (signer) end += `${trailerSignatureName}:${signer.trailer(`${line}\n`)}\r\n`;
  }
  yield encoder.encode(`${end}\r\n`);
}

/**
 * Bytes a body of `size` bytes takes when framed: its `content-length`.
 *
 * @param trailer name and length of the value, for the forms that have one
 */
export function awsChunkedLength(
  size: number,
  chunkSize: number,
  form: AwsChunkedForm,
  trailer?: { readonly name: string; readonly valueLength: number },
): number {
  checkChunkSize(chunkSize);
  const signed = form !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
  // A chunk has its length in hexadecimal, the signature, and a line end after that and after its data.
  const framing = (length: number) => length.toString(16).length + (signed ? 85 : 4);
  const rest = size % chunkSize;
  let total = size + Math.floor(size / chunkSize) * framing(chunkSize) + (rest && framing(rest)) + framing(0);
  if (trailer) {
    total += trailer.name.length + trailer.valueLength + 3;
    if (signed) total += trailerSignatureName.length + 67;
  }
  return total;
}

const trailerSignatureName = 'x-amz-trailer-signature';

function checkChunkSize(chunkSize: number): void {
  if (!Number.isInteger(chunkSize) || chunkSize < smallestChunk) {
    throw new RangeError(`chunkSize must be a whole number of bytes, at least ${smallestChunk}`);
  }
}

function chunkHeader(length: number, signer: ChunkSigner | undefined, hash: () => string): string {
  return `${length.toString(16)}${signer ? `;chunk-signature=${signer.chunk(hash())}` : ''}\r\n`;
}

/** The same bytes in pieces of exactly `size`, but for the last. */
async function* repack(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let buffer: Uint8Array | undefined;
  let filled = 0;
  for await (const piece of source) {
    let at = 0;
    while (at < piece.length) {
      if (filled === 0 && piece.length - at >= size) {
        yield piece.subarray(at, at + size);
        at += size;
        continue;
      }
      buffer ??= new Uint8Array(size);
      const taken = piece.subarray(at, at + size - filled);
      buffer.set(taken, filled);
      at += taken.length;
      filled += taken.length;
      if (filled < size) continue;
      yield buffer;
      buffer = undefined;
      filled = 0;
    }
  }
  if (buffer && filled > 0) yield buffer.subarray(0, filled);
}
