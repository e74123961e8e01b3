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
  let finished: (() => void) | undefined;
  let ended = false;
  try {
    while (!controller.signal.aborted) {
      const next = iterator.next();
      const { done, value } = 'then' in next ? await abortable(next, controller.signal) : next;
      if (done) {
        ended = true;
        break;
      }
      const run = job(value, controller.signal)
        .catch((error) => controller.abort(error))
        .finally(() => {
          running.delete(run);
          finished?.();
        });
      running.add(run);
      // Not a race of the running: each one would leave a trace in a job that takes its time.
      if (running.size >= limit) await new Promise<void>((resolve) => (finished = resolve));
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
