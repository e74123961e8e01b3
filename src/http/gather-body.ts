import { wrongSize } from './exchange-error.ts';
import type { StreamBody } from './transport.ts';

/**
 * The whole of a body that is streamed, in memory.
 *
 * @param within bounds the wait for each piece
 */
export async function gatherBody(
  body: StreamBody,
  within: <T>(piece: Promise<T>) => Promise<T>,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(body.size);
  const source = body.open()[Symbol.asyncIterator]();
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await within(source.next());
      if (done) break;
      if (size + value.length > body.size) throw wrongSize(body.size, size + value.length);
      bytes.set(value, size);
      size += value.length;
    }
    if (size < body.size) throw wrongSize(body.size, size);
    return bytes;
  } catch (error) {
    Promise.resolve(source.return?.()).catch(() => {});
    throw error;
  }
}
