import { asBytes, type BodyInput, type BodySource, bytesSource, expectError } from './body.ts';

/**
 * Makes a source of whatever can be uploaded, at once for what is bytes. Throws (or rejects with) a TypeError for
 * anything else, and a RangeError when `contentLength` is no length or differs from a size that is known.
 */
export function bodySource(input: BodyInput, contentLength?: number): BodySource | Promise<BodySource> {
  if (contentLength !== undefined && !(Number.isSafeInteger(contentLength) && contentLength >= 0)) {
    throw new RangeError('contentLength must be a whole number of bytes');
  }
  const bytes = typeof input === 'string' ? encoder.encode(input) : asBytes(input);
  if (bytes) return bytesSource(bytes, contentLength);
  expectError(input);
  return load(input, contentLength);
}

const encoder = new TextEncoder();

async function load(input: BodyInput, contentLength: number | undefined): Promise<BodySource> {
  const { streamedSource } = await import('./streamed-source.ts');
  return streamedSource(input, contentLength, bodySource);
}
