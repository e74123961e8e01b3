import type { Hashes } from './hash.ts';
import { emptyPayloadHash, type Signature } from './sigv4.ts';

/**
 * The forms of an aws-chunked body, by the `x-amz-content-sha256` that announces each.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export type AwsChunkedForm =
  | 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'
  | 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'
  | 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/** S3 refuses chunks of fewer bytes, but for the last. */
export const smallestChunk = 8192;

/** Signs the chunks of one body in their order: every signature covers the one before. */
export interface ChunkSigner {
  readonly hashes: Hashes;
  /** @param dataHash hexadecimal SHA-256 of the chunk's data */
  chunk(dataHash: string): string;
  /** @param trailers `name:value\n` of every trailer */
  trailer(trailers: string): string;
}

/** @param seed the signature of the request that carries the body */
export function chunkSigner(seed: Signature, hashes: Hashes): ChunkSigner {
  const { date, scope, key } = seed;
  let previous = seed.signature;
  const sign = (kind: string, hash: string) => {
    previous = hashes.hmacSha256Hex(key, `AWS4-HMAC-SHA256-${kind}\n${date}\n${scope}\n${previous}\n${hash}`);
    return previous;
  };
  return {
    hashes,
    chunk: (dataHash) => sign('PAYLOAD', `${emptyPayloadHash}\n${dataHash}`),
    trailer: (trailers) => sign('TRAILER', hashes.sha256Hex(trailers)),
  };
}
