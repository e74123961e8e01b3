import type { Jobs, Run } from './jobs.ts';
import { waitingLine } from './waiting-line.ts';

export interface Limiter extends Jobs {
  /** Refuses calls from now on; resolves when those accepted before have ended. */
  close(): Promise<void>;
  /** @throws {TypeError} it has been closed. */
  check(): void;
}

/**
 * Runs at most `size` jobs at a time, in the order they came. The promises it gives may be left alone: a rejection that
 * nobody handles is no unhandled rejection.
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
      const leave = (reason: unknown) => {
        unused?.();
        reject(reason);
      };
      line.add({ start: () => resolve(hold(job)), leave }, signal);
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

  function accept<T>(call: Promise<T>): Promise<T> {
    accepted++;
    call.then(ended, ended);
    return call;
  }

  function ended(): void {
    if (--accepted === 0) drained?.();
  }

  function refusal(): TypeError {
    return new TypeError('The pool has been closed');
  }

  return {
    run(job, signal, unused) {
      if (!closing) return accept(take(job, signal, unused));
      unused?.();
      return accept(Promise.reject(refusal()));
    },
    spread: (call) => accept(closing ? Promise.reject(refusal()) : call(take)),
    check() {
      if (closing) throw refusal();
    },
    close() {
      closing ??= new Promise((resolve) => {
        drained = resolve;
        if (accepted === 0) resolve();
      });
      return closing;
    },
  };
}
