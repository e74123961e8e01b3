import { type ChunkSigner, smallestChunk } from './aws-chunked.ts';
import { constantTimeEqual } from './constant-time-equal.ts';
import { startHash } from './digest.ts';
import type { RunningHash } from './hash.ts';
import { encodeHex } from './hex.ts';
import { emptyPayloadHash } from './sigv4.ts';

export interface AwsChunkedDecoding {
  /** What `x-amz-decoded-content-length` says the data is long. */
  readonly decodedLength: number;
  /** For the signed forms, from the request's own signature. Without it a signed body is refused as malformed. */
  readonly signer?: ChunkSigner | undefined;
  /** Names that `x-amz-trailer` lists, lower-case; each has to come, and no other may. */
  readonly trailers: readonly string[];
}

/** The data of an aws-chunked body. `trailers` is complete once the iteration has ended. */
export interface AwsChunkedBody extends AsyncIterable<Uint8Array> {
  readonly trailers: ReadonlyMap<string, string>;
}

/** An aws-chunked body S3 would refuse. `code` is S3's. */
export class AwsChunkedError extends Error {
  override readonly name: string = 'AwsChunkedError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Takes the framing off an aws-chunked body, in bounded memory and without copying. Data comes as it arrives, the end of
 * a chunk only after the chunk's signature has been found good; so nothing may be kept unless the iteration ends without
 * an error. It may be run once.
 *
 * Throws `AwsChunkedError`: `SignatureDoesNotMatch`, `InvalidChunkSizeError`, `IncompleteBody` (cut short, or not of the
 * decoded length), `MalformedTrailerError`, `InvalidRequest` (anything else that is not aws-chunked).
 */
export function decodeAwsChunked(
  source: AsyncIterable<Uint8Array>,
  decoding: AwsChunkedDecoding,
): AwsChunkedBody {
  const trailers = new Map<string, string>();
  return { trailers, [Symbol.asyncIterator]: () => decode(source, decoding, trailers) };
}

/** A chunk header takes at most 13 digits and 81 characters of signature; the longest trailer, SHA-256, about 70. */
const longestLine = 256;

async function* decode(
  source: AsyncIterable<Uint8Array>,
  { decodedLength, signer, trailers: expected }: AwsChunkedDecoding,
  trailers: Map<string, string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let state = 'header' as 'header' | 'data' | 'data-end' | 'trailers' | 'end';
  let line = '';
  let total = 0;
  let chunkSize = smallestChunk;
  let remaining = 0;
  let hash: RunningHash | undefined;
  let signature = '';
  let trailerSignature: string | undefined;

  const checkSignature = (right: string, given: string) => {
    if (!constantTimeEqual(right, given)) fail('SignatureDoesNotMatch', 'The signature of a chunk is wrong');
  };

  const readHeader = () => {
    const match = (signer ? signedHeader : unsignedHeader).exec(line);
    if (!match) fail('InvalidRequest', 'A chunk header is malformed');
    const size = Number.parseInt(match[1]!, 16);
    signature = match[2] ?? '';
    if (size > 0 && chunkSize < smallestChunk) {
      fail('InvalidChunkSizeError', `Only the last chunk may have fewer than ${smallestChunk} bytes`);
    }
    total += size;
    if (total > decodedLength || (size === 0 && total < decodedLength)) {
      fail('IncompleteBody', 'The chunks do not add up to x-amz-decoded-content-length');
    }
    chunkSize = size;
    remaining = size;
    state = size === 0 ? 'trailers' : 'data';
    if (size > 0) hash = signer && startHash(signer.hashes, 'sha256');
    else if (signer) checkSignature(signer.chunk(emptyPayloadHash), signature);
  };

  const readTrailer = () => {
    const match = trailerLine.exec(line);
    const name = match?.[1]?.toLowerCase();
    if (!name || trailerSignature !== undefined) fail('MalformedTrailerError', 'A trailer is malformed');
    if (name === 'x-amz-trailer-signature' && signer) trailerSignature = match![2]!;
    else if (expected.includes(name) && !trailers.has(name)) trailers.set(name, match![2]!);
    else fail('MalformedTrailerError', 'A trailer came that x-amz-trailer does not announce');
  };

  const finish = () => {
    if (trailers.size < expected.length)
      fail('MalformedTrailerError', 'A trailer that was announced is missing');
    if (signer && expected.length > 0) {
      let text = '';
      for (const [name, value] of trailers) text += `${name}:${value}\n`;
      checkSignature(signer.trailer(text), trailerSignature ?? '');
    } else if (trailerSignature !== undefined) {
      fail('MalformedTrailerError', 'There is a signature but no trailer');
    }
    state = 'end';
  };

  for await (const piece of source) {
    let at = 0;
    while (at < piece.length) {
      if (state === 'data') {
        const part = piece.subarray(at, at + remaining);
        at += part.length;
        remaining -= part.length;
        hash?.update(part);
        if (remaining === 0) {
          if (signer) checkSignature(signer.chunk(encodeHex(hash!.digest())), signature);
          state = 'data-end';
        }
        yield part;
        continue;
      }
      if (state === 'end') fail('InvalidRequest', 'There is data after the end of the chunks');
      const byte = piece[at++]!;
      if (byte !== 10) {
        line += String.fromCharCode(byte);
        if (line.length > longestLine) fail('InvalidRequest', 'A line between chunks is too long');
        continue;
      }
      if (!line.endsWith('\r')) fail('InvalidRequest', 'A line between chunks does not end in CR LF');
      line = line.slice(0, -1);
      if (state === 'header') readHeader();
      else if (state === 'trailers') line === '' ? finish() : readTrailer();
      else if (line === '') state = 'header';
      else fail('InvalidRequest', 'A chunk is longer than its header says');
      line = '';
    }
  }
  if (state !== 'end') fail('IncompleteBody', 'The body ended before its last chunk');
}

const signedHeader = /^([0-9a-fA-F]{1,13});chunk-signature=([0-9a-f]{64})$/;
const unsignedHeader = /^([0-9a-fA-F]{1,13})$/;
const trailerLine = /^([A-Za-z0-9-]+):([!-~]+)$/;

function fail(code: string, message: string): never {
  throw new AwsChunkedError(code, message);
}
