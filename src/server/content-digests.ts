import { createHash } from 'node:crypto';
import { nodeHashes } from '../node/hash.ts';
import type { ChecksumAlgorithm } from '../protocol/checksum.ts';
import { startChecksum } from '../protocol/compute-checksum.ts';

/** Content on its way into the store. What is counted and computed on the way is complete once the iteration has ended. */
export interface DigestedContent extends AsyncIterable<Uint8Array> {
  readonly size: number;
  readonly md5: Buffer;
  /** Base64, of the algorithm asked for. */
  readonly checksum: string | undefined;
}

/**
 * Passes `content` through, computing its MD5, which S3 makes an ETag, and a checksum.
 *
 * @param verify is shown them at the end, and may throw in the iteration
 */
export function digestContent(
  content: AsyncIterable<Uint8Array>,
  algorithm: ChecksumAlgorithm | undefined,
  verify?: (content: DigestedContent) => void,
): DigestedContent {
  const digested = {
    size: 0,
    md5: Buffer.alloc(0),
    checksum: undefined as string | undefined,
    async *[Symbol.asyncIterator]() {
      const md5 = createHash('md5');
      const checksum = algorithm && startChecksum(algorithm, nodeHashes);
      for await (const chunk of content) {
        digested.size += chunk.length;
        md5.update(chunk);
        checksum?.update(chunk);
        yield chunk;
      }
      digested.md5 = md5.digest();
      digested.checksum = checksum?.base64();
      verify?.(digested);
    },
  };
  return digested;
}
