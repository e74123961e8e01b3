import type { RequestBody, StreamBody } from '../http/transport.ts';
import { chunkSigner } from '../protocol/aws-chunked.ts';
import { awsChunkedLength, encodeAwsChunked } from '../protocol/aws-chunked-encoder.ts';
import type { Hashes } from '../protocol/hash.ts';
import type { Signature } from '../protocol/sigv4.ts';

const chunkSize = 65_536;
const payloadHash = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';

/** A stream that can be read once, sent as aws-chunked with every chunk signed as it passes. */
export function frameBody(
  stream: StreamBody,
  hashes: Hashes,
): {
  payloadHash: string;
  headers: Record<string, string>;
  open(signature: Signature | undefined): RequestBody;
} {
  const size = awsChunkedLength(stream.size, chunkSize, payloadHash);
  return {
    payloadHash,
    headers: { 'content-length': String(size), 'x-amz-decoded-content-length': String(stream.size) },
    open: (signature) => ({
      size,
      open: () =>
        encodeAwsChunked(stream.open(), { chunkSize, signer: chunkSigner(signature as Signature, hashes) }),
    }),
  };
}
