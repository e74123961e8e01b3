import { listParts as listPartsOperation } from '../operations/multipart.ts';
import type { ChecksumAlgorithm } from '../protocol/checksum.ts';
import { XmlError } from '../protocol/xml-reader.ts';
import type { OpenUpload } from './open-upload.ts';
import type { Sender } from './send.ts';

/** A part that the server has. */
export interface UploadedPart {
  readonly partNumber: number;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
  /** Of the algorithm that the upload was begun with. */
  readonly checksum?: string | undefined;
  readonly lastModified?: Date | undefined;
}

/** The parts that the server has, in the order of their numbers, over all pages. */
export async function* listParts(
  sender: Sender,
  { bucket, key, uploadId, checksum, call }: OpenUpload,
  signal: AbortSignal | undefined,
): AsyncGenerator<UploadedPart, void, undefined> {
  const input = { bucket, key, uploadId };
  let marker: number | undefined;
  do {
    const page = await sender.exchange(
      listPartsOperation,
      { ...input, partNumberMarker: marker },
      { ...call, signal },
      {
        read: async (response) => {
          const { parts, isTruncated, nextPartNumberMarker } = await sender.read(
            listPartsOperation,
            response,
          );
          const next = isTruncated ? (nextPartNumberMarker ?? parts.at(-1)?.partNumber) : undefined;
          if (isTruncated === undefined || (isTruncated && !(Number(next) > (marker ?? 0))))
            throw new XmlError('it does not say where the list of parts goes on');
          return { parts, next };
        },
      },
    );
    for (const part of page.parts) {
      const { partNumber = 0, size = 0, etag = '', lastModified } = part;
      yield { partNumber, size, etag, lastModified, checksum: checksum && part[checksumMember(checksum)] };
    }
    marker = page.next;
  } while (marker !== undefined);
}

type ChecksumMember<A extends string> = A extends `${infer First}${infer Rest}`
  ? `checksum${First}${Lowercase<Rest>}`
  : never;

/** The member of inputs and outputs that holds a checksum: `checksumCrc32`. */
export function checksumMember(algorithm: ChecksumAlgorithm): ChecksumMember<ChecksumAlgorithm> {
  return `checksum${algorithm[0]}${algorithm.slice(1).toLowerCase()}` as ChecksumMember<ChecksumAlgorithm>;
}
