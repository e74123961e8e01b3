import { type Settled, settle } from './settled.ts';

/** A promise that has settled. */
export interface Completed<T> extends Settled<T> {
  readonly promise: Promise<T>;
}

export interface CompletedOptions {
  /** Milliseconds. Default: no bound. */
  timeout?: number | undefined;
}

/** Promises as they settle; one that fails is given like any other. `timeout` counts from the first `next()`. */
export function asCompleted<T>(
  futures: Iterable<T>,
  { timeout }: CompletedOptions = {},
): AsyncGenerator<Completed<Awaited<T>>, void, undefined> {
  checkTimeout(timeout);
  const completed: Completed<Awaited<T>>[] = [];
  let wake: (() => void) | undefined;
  let count = 0;
  for (const future of futures) {
    const index = count++;
    const promise = Promise.resolve(future);
    settle(promise).then((result) => {
      completed.push({ index, promise, result });
      wake?.();
    });
  }
  return (async function* () {
    const within = deadline(timeout);
    for (let given = 0; given < count; given++) {
      if (given === completed.length) {
        const next = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await within(next, () => `${count - given} (of ${count}) futures unfinished`);
      }
      yield completed[given]!;
    }
  })();
}

/** What the promises give, in their order; the first failure in that order is thrown. */
export async function allCompleted<T>(
  futures: Iterable<T>,
  { timeout }: CompletedOptions = {},
): Promise<Awaited<T>[]> {
  checkTimeout(timeout);
  let unfinished = 0;
  const all = Array.from(futures, (future) => {
    unfinished++;
    return settle(Promise.resolve(future)).finally(() => unfinished--);
  });
  const within = deadline(timeout);
  const results: Awaited<T>[] = [];
  for (const each of all) {
    const result = await within(each, () => `${unfinished} (of ${all.length}) futures unfinished`);
    results.push(result());
  }
  return results;
}

/** Waits for promises until `timeout` milliseconds from now, all in all. */
function deadline(
  timeout: number | undefined,
): <T>(promise: Promise<T>, message: () => string) => Promise<T> {
  if (timeout === undefined) return (promise) => promise;
  const end = performance.now() + timeout;
  return async (promise, message) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const expired = new Promise<never>((_, reject) => {
      const expire = () => reject(new DOMException(message(), 'TimeoutError'));
      timer = setTimeout(expire, Math.max(0, end - performance.now()));
    });
    try {
      return await Promise.race([promise, expired]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function checkTimeout(timeout: number | undefined): void {
  if (timeout !== undefined && !(timeout >= 0 && timeout < 2 ** 31)) {
    throw new RangeError('timeout must be milliseconds from 0');
  }
}
