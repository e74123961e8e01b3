import { type Cipher, createCipheriv, createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Bytes that look random and are always the same, without holding them. */
export function* generatedContent(size: number, chunkSize: number): Generator<Buffer, void, undefined> {
  const stream: Cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16));
  for (let left = size; left > 0; left -= chunkSize)
    yield stream.update(Buffer.alloc(Math.min(chunkSize, left)));
}

export async function* generatedStream(
  size: number,
  chunkSize: number,
): AsyncGenerator<Buffer, void, undefined> {
  // Longer pieces are cheaper to make; a consumer sees only the chunks.
  for (const piece of generatedContent(size, Math.max(chunkSize, 1_048_576))) {
    for (let at = 0; at < piece.length; at += chunkSize) yield piece.subarray(at, at + chunkSize);
  }
}

export async function writeGeneratedFile(path: string, size: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const piece of generatedContent(size, 4_194_304)) await file.write(piece);
  } finally {
    await file.close();
  }
}

export function generatedSha256(size: number): string {
  const hash = createHash('sha256');
  for (const piece of generatedContent(size, 4_194_304)) hash.update(piece);
  return hash.digest('hex');
}

export async function sha256(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash: Hash = createHash('sha256');
  for await (const piece of content) hash.update(piece);
  return hash.digest('hex');
}
