import type { Progress } from './options.ts';

/** Progress as it is made, for any number of readers; one that is slow is given only the latest. */
export interface ProgressEvents extends AsyncIterable<Progress> {
  add(progress: Progress): void;
  end(): void;
}

export function progressEvents(): ProgressEvents {
  let latest: Progress | undefined;
  let ended = false;
  let waiting: (() => void)[] = [];
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const go of woken) go();
  };
  return {
    add(progress) {
      latest = progress;
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      let seen: Progress | undefined;
      for (;;) {
        if (latest && latest !== seen) {
          seen = latest;
          yield seen;
        } else if (ended) return;
        else await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}
