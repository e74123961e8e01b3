import type { ClientRequest } from 'node:http';
import { wrongSize } from '../http/exchange-error.ts';
import type { RequestBody } from '../http/transport.ts';

/** Longest piece written at a time, so that an early answer can stop a large chunk. */
const PIECE = 1_048_576;

/**
 * Sends a body with backpressure and ends the request. `sent` is called when the last byte has gone to the network,
 * `failed` with the source's own error or with a RangeError when the source and `body.size` disagree.
 * The function returned stops sending and closes the source; call it whenever neither of the two has been called.
 */
export function sendBody(
  outgoing: ClientRequest,
  body: RequestBody,
  sent: () => void,
  failed: (error: unknown) => void,
): () => void {
  let source: Iterator<Uint8Array> | AsyncIterator<Uint8Array> | undefined;
  let stopped = false;
  let wake: (() => void) | undefined;
  const resume = (): void => wake?.();
  outgoing.on('drain', resume);

  async function write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length && !stopped; at += PIECE) {
      if (outgoing.write(chunk.length > PIECE ? chunk.subarray(at, at + PIECE) : chunk)) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  async function run(): Promise<void> {
    const inMemory = body instanceof Uint8Array;
    const size = inMemory ? body.length : body.size;
    source = inMemory ? [body].values() : body.open()[Symbol.asyncIterator]();
    let seen = 0;
    // The bytes that would complete the request wait until the source has ended where it said it would:
    // one byte more, and the server must not store what it has.
    let last: Uint8Array | undefined;
    for (;;) {
      const { done, value } = await source.next();
      if (stopped) return;
      if (done) break;
      seen += value.length;
      if (seen > size) throw wrongSize(size, seen);
      if (seen < size) await write(value);
      else last ??= value;
    }
    source = undefined;
    if (seen < size) throw wrongSize(size, seen);
    if (last) await write(last);
    if (!stopped) outgoing.end(() => stopped || sent());
  }

  function stop(): void {
    if (stopped) return;
    stopped = true;
    resume();
    // A source that is waiting for its next chunk may never answer; nobody waits for it.
    Promise.resolve(source?.return?.()).catch(() => {});
  }

  run().catch((error) => {
    if (stopped) return;
    stop();
    failed(error);
  });
  return stop;
}
