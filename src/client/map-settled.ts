import { parallel } from './parallel.ts';
import { type Settled, settle } from './settled.ts';

/** What became of one input. */
export interface Mapped<Input, T> extends Settled<T> {
  readonly input: Input;
}

/**
 * Runs `job` over a source, at most `limit` at a time, and gives what became of each input as it is known. When `limit`
 * results wait to be taken, each further one keeps its place among the running, so that the source is pulled no faster
 * than results are taken.
 *
 * A failing source, an aborting signal and a failing `check` (called before each job) end the pulling, and are thrown
 * after the results of the jobs begun before. However the iteration ends, the source is closed and no job is running.
 */
export async function* mapSettled<Input, T>(
  source: Iterable<Input> | AsyncIterable<Input>,
  limit: number,
  job: (input: Input) => T,
  signal?: AbortSignal,
  check?: () => void,
): AsyncGenerator<Mapped<Input, Awaited<T>>, void, undefined> {
  const settled: Mapped<Input, Awaited<T>>[] = [];
  const blocked: (() => void)[] = [];
  const stop = new AbortController();
  let count = 0;
  let ended = false;
  let wake: (() => void) | undefined;
  const abort = () => stop.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  const work = parallel(
    source,
    limit,
    async (input) => {
      check?.();
      const index = count++;
      const result = await settle((async (): Promise<Awaited<T>> => await job(input))());
      settled.push({ input, index, result });
      wake?.();
      if (settled.length > limit && !ended) await new Promise<void>((resolve) => blocked.push(resolve));
    },
    stop.signal,
  );
  const end = () => {
    ended = true;
    wake?.();
  };
  const over = work.then(end, end);
  try {
    for (;;) {
      const next = settled.shift();
      if (next) {
        blocked.shift()?.();
        yield next;
      } else if (ended) {
        return await work;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    ended = true;
    signal?.removeEventListener('abort', abort);
    stop.abort();
    for (const free of blocked) free();
    await over;
  }
}
