import { createHash } from 'node:crypto';
import { nodeHashes } from '../node/hash.ts';
import { type AwsChunkedForm, chunkSigner } from '../protocol/aws-chunked.ts';
import { type AwsChunkedBody, decodeAwsChunked } from '../protocol/aws-chunked-decoder.ts';
import { decodeBase64 } from '../protocol/base64.ts';
import { type ChecksumAlgorithm, checksumHeader } from '../protocol/checksum.ts';
import { unsignedPayload } from '../protocol/sigv4.ts';
import type { Identity } from './authenticate.ts';
import { type DigestedContent, digestContent } from './content-digests.ts';
import { declaredChecksum } from './declared-checksum.ts';
import type { ServerRequest } from './exchange.ts';
import { invalidArgument, invalidRequest, RefusedRequest } from './refused-request.ts';

/** A request's body with everything the request says about it. Nothing has been read yet. */
export interface RequestBody {
  /** Bytes of content, without framing; `undefined` where the request does not say. */
  readonly size: number | undefined;
  /** The algorithm of the checksum that the client sends. */
  readonly algorithm: ChecksumAlgorithm | undefined;
  /** The client sends a digest of the body, whichever. */
  readonly hasDigest: boolean;
  /**
   * The content, which turns out good only at its end: the iteration throws where it does not fit its signature, hash,
   * checksum or length. With no checksum from the client, that of the `fallback` algorithm is computed, if any.
   */
  content(fallback?: ChecksumAlgorithm): DigestedContent;
}

/**
 * Reads what a request says about its body, in its headers alone.
 *
 * @param checksummed false where checksum headers are about something else than the body
 * @throws {RefusedRequest}
 */
export function requestBody(
  request: ServerRequest,
  headers: ServerRequest['headers'],
  identity: Identity,
  checksummed: boolean,
): RequestBody {
  const form = chunkedForm(identity);
  const size = declaredSize(headers, form);
  const checksum = checksummed ? declaredChecksum(headers, form?.endsWith('-TRAILER') ?? false) : undefined;
  const md5 = declaredMd5(headers['content-md5']);

  return {
    size,
    algorithm: checksum?.algorithm,
    hasDigest: md5 !== undefined || checksum !== undefined,
    content(fallback) {
      const source = request.body ?? nothing;
      const trailers = checksum && checksum.value === undefined ? [checksumHeader(checksum.algorithm)] : [];
      const chunked = form && unframe(source, form, size!, trailers, identity);
      return digestContent(
        chunked ?? hashed(source, identity.payloadHash, size),
        checksum?.algorithm ?? fallback,
        (content) => {
          checkDigest(md5?.toString('base64'), content.md5.toString('base64'));
          checkDigest(checksum?.value ?? chunked?.trailers.get(trailers[0] ?? ''), content.checksum);
        },
      );
    },
  };
}

/** An operation's XML, at most 8 MiB: a thousand keys of the longest kind, with every character escaped. */
export async function readDocument(body: RequestBody): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body.content()) {
    size += chunk.length;
    if (size > 8 * 1024 * 1024) throw new RefusedRequest('MaxMessageLengthExceeded');
    chunks.push(chunk);
  }
  if (size === 0) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new RefusedRequest('MalformedXML');
  }
}

const nothing: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
};

const largestContent = 5 * 1024 ** 3;

function declaredSize(
  headers: ServerRequest['headers'],
  form: AwsChunkedForm | undefined,
): number | undefined {
  const text = headers[form ? 'x-amz-decoded-content-length' : 'content-length'];
  if (text === undefined && !form) return undefined;
  if (!/^\d{1,15}$/.test(text ?? '')) throw new RefusedRequest('MissingContentLength');
  const size = Number(text);
  if (size > largestContent) {
    throw new RefusedRequest('EntityTooLarge', {
      fields: { ProposedSize: String(size), MaxSizeAllowed: String(largestContent) },
    });
  }
  return size;
}

function chunkedForm({ payloadHash, seed }: Identity): AwsChunkedForm | undefined {
  switch (payloadHash) {
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return payloadHash;
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      if (seed) return payloadHash;
      throw invalidRequest('Signed chunks need a request signed with SigV4');
    default:
      if (payloadHash !== unsignedPayload && !/^[0-9a-f]{64}$/.test(payloadHash)) {
        throw invalidArgument('x-amz-content-sha256', payloadHash);
      }
      return undefined;
  }
}

function unframe(
  source: AsyncIterable<Uint8Array>,
  form: AwsChunkedForm,
  decodedLength: number,
  trailers: readonly string[],
  { seed }: Identity,
): AwsChunkedBody {
  return decodeAwsChunked(source, {
    decodedLength,
    signer: form.startsWith('STREAMING-AWS4') && seed ? chunkSigner(seed, nodeHashes) : undefined,
    trailers,
  });
}

/** The body as it comes, held against its SHA-256 and its length. */
async function* hashed(
  source: AsyncIterable<Uint8Array>,
  payloadHash: string,
  size: number | undefined,
): AsyncGenerator<Uint8Array, void> {
  const hash = payloadHash === unsignedPayload ? undefined : createHash('sha256');
  let received = 0;
  for await (const chunk of source) {
    received += chunk.length;
    if (size !== undefined && received > size) break;
    hash?.update(chunk);
    yield chunk;
  }
  if (size !== undefined && received !== size) throw new RefusedRequest('IncompleteBody');
  const computed = hash?.digest('hex');
  if (computed !== undefined && computed !== payloadHash) {
    throw new RefusedRequest('XAmzContentSHA256Mismatch', {
      fields: { ClientComputedContentSHA256: payloadHash, S3ComputedContentSHA256: computed },
    });
  }
}

function declaredMd5(value: string | undefined): Buffer | undefined {
  if (value === undefined) return undefined;
  const md5 = decodeBase64(value);
  if (md5?.length !== 16) throw new RefusedRequest('InvalidDigest', { fields: { 'Content-MD5': value } });
  return Buffer.from(md5);
}

function checkDigest(expected: string | undefined, calculated: string | undefined): void {
  if (expected === undefined || expected === calculated) return;
  throw new RefusedRequest('BadDigest', {
    fields: { ExpectedDigest: expected, CalculatedDigest: calculated ?? '' },
  });
}
