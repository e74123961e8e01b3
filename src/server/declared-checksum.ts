import { decodeBase64 } from '../protocol/base64.ts';
import { type ChecksumAlgorithm, checksumAlgorithms, checksumHeader } from '../protocol/checksum.ts';
import type { ServerRequest } from './exchange.ts';
import { invalidRequest, notImplemented, RefusedRequest } from './refused-request.ts';

/** The checksum that a request sends of its body. */
export interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** `undefined` when it comes in a trailer. */
  readonly value: string | undefined;
}

/**
 * Reads from a request's headers which checksum of its body it sends: in an `x-amz-checksum-` header, or in the trailer
 * that `x-amz-trailer` announces.
 *
 * @param hasTrailer the form of the body has a trailer
 * @throws {RefusedRequest}
 */
export function declaredChecksum(
  headers: ServerRequest['headers'],
  hasTrailer: boolean,
): DeclaredChecksum | undefined {
  const value = checksumValue(headers);
  const trailer = hasTrailer ? announcedTrailer(headers) : undefined;
  if (value && trailer) throw invalidRequest('A checksum comes in a header or in a trailer, not in both');
  if (!hasTrailer && headers['x-amz-trailer'] !== undefined) {
    throw invalidRequest('x-amz-trailer needs an aws-chunked body with a trailer');
  }
  const declared = value ?? trailer;
  // SDKs name the algorithm once more.
  const hint = headers['x-amz-sdk-checksum-algorithm'];
  if (hint !== undefined && hint.toUpperCase() !== declared?.algorithm) {
    throw invalidRequest('x-amz-sdk-checksum-algorithm is sent without a checksum of that algorithm');
  }
  return declared;
}

/**
 * The algorithm that `x-amz-checksum-algorithm` asks for, of the checksum of what is about to be made.
 *
 * @throws {RefusedRequest} NotImplemented
 */
export function requestedAlgorithm(headers: ServerRequest['headers']): ChecksumAlgorithm | undefined {
  const name = headers['x-amz-checksum-algorithm']?.toUpperCase();
  if (name === undefined) return undefined;
  const algorithm = checksumAlgorithms.find((known) => known === name);
  if (!algorithm) throw notImplemented('x-amz-checksum-algorithm');
  return algorithm;
}

function checksumValue(headers: ServerRequest['headers']): DeclaredChecksum | undefined {
  const names = Object.keys(headers).filter((name) =>
    /^x-amz-checksum-(?!algorithm$|mode$|type$)/.test(name),
  );
  const [name] = names;
  if (name === undefined) return undefined;
  if (names.length > 1) throw invalidRequest('A request takes one x-amz-checksum- header');
  const algorithm = algorithmOf(name);
  if (!algorithm) throw notImplemented(name);
  const value = headers[name]!;
  if (decodeBase64(value)?.length !== digestLengths[algorithm]) {
    throw invalidRequest(`The value of ${name} is not valid`);
  }
  return { algorithm, value };
}

const digestLengths: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

function announcedTrailer(headers: ServerRequest['headers']): DeclaredChecksum {
  const name = headers['x-amz-trailer']?.trim().toLowerCase();
  if (!name) throw new RefusedRequest('MalformedTrailerError');
  const algorithm = algorithmOf(name);
  if (!algorithm) throw invalidRequest('x-amz-trailer names no known checksum');
  return { algorithm, value: undefined };
}

function algorithmOf(header: string): ChecksumAlgorithm | undefined {
  return checksumAlgorithms.find((algorithm) => checksumHeader(algorithm) === header);
}
