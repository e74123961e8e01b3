import type { Jobs, Run } from './jobs.ts';

export interface Limiter extends Jobs {
  readonly closed: boolean;
  /** Refuses calls from now on; resolves when those it has accepted have ended. */
  close(): Promise<void>;
  /** @throws {TypeError} it has been closed. */
  check(): void;
}

/**
 * Runs at most `size` jobs at a time, in the order they were given. A rejection nobody handles is not an unhandled one:
 * the promise is there for whoever wants to know.
 */
export function limiter(size: number): Limiter {
  const line = waitingLine();
  let running = 0;
  let accepted = 0;
  let closing: Promise<void> | undefined;
  let drained: (() => void) | undefined;

  const take: Run = (job, signal, unused) => {
    if (signal?.aborted) {
      unused?.();
      return Promise.reject(signal.reason);
    }
    if (running < size) {
      running++;
      return hold(job);
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        unused?.();
        reject(signal?.reason);
      };
      line.add({ start: () => resolve(hold(job)), leave, signal, next: undefined });
    });
  };

  async function hold<T>(job: () => Promise<T>): Promise<T> {
    try {
      return await job();
    } finally {
      const next = line.take();
      if (next) next.start();
      else running--;
    }
  }

  function accept<T>(call: () => Promise<T>): Promise<T> {
    accepted++;
    const result = call();
    result.then(ended, ended);
    return result;
  }

  function ended(): void {
    if (--accepted === 0) drained?.();
  }

  const limit: Limiter = {
    run(job, signal, unused) {
      if (!closing) return accept(() => take(job, signal, unused));
      unused?.();
      return refused();
    },
    spread: (call) => (closing ? refused() : accept(() => call(take))),
    get closed() {
      return closing !== undefined;
    },
    close() {
      closing ??= new Promise((resolve) => {
        drained = resolve;
        if (accepted === 0) resolve();
      });
      return closing;
    },
    check() {
      if (closing) throw new TypeError('The pool has been closed');
    },
  };
  return limit;
}
