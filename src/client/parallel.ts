import { abortable } from '../http/abortable.ts';

/**
 * Runs `job` over a source, at most `limit` at a time, pulling the next input only when there is room for it. The first
 * failure (of a job, of the source, or `signal`) ends the pulling, aborts the signal that the jobs were given, and is
 * thrown once they have all ended. The source is closed on every path, and not waited for when it hangs.
 */
export async function parallel<T>(
  source: Iterable<T> | AsyncIterable<T>,
  limit: number,
  job: (input: T, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const iterator: AsyncIterator<T> | Iterator<T> =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const running = new Set<Promise<void>>();
  let ended = false;
  try {
    while (!controller.signal.aborted) {
      const { done, value } = await abortable(Promise.resolve(iterator.next()), controller.signal);
      if (done) {
        ended = true;
        break;
      }
      const run = job(value, controller.signal)
        .catch((error) => controller.abort(error))
        .finally(() => running.delete(run));
      running.add(run);
      if (running.size >= limit) await Promise.race(running);
    }
  } catch (error) {
    ended = !controller.signal.aborted;
    controller.abort(error);
  }
  if (!ended) Promise.resolve(iterator.return?.()).catch(() => {});
  await Promise.all(running);
  signal?.removeEventListener('abort', stop);
  controller.signal.throwIfAborted();
}
