import type { Clock } from '../../src/http/clock.ts';

export interface FakeClock extends Clock {
  /** How long each `sleep` was asked to last, in order. */
  readonly sleeps: number[];
  /** What `random` gives. */
  chance: number;
  advance(ms: number): void;
}

/** A clock that stands still but for `advance` and `sleep`, which passes at once. */
export function fakeClock(start: number = Date.UTC(2026, 0, 2, 3, 4, 5)): FakeClock {
  let now = start;
  const clock: FakeClock = {
    sleeps: [],
    chance: 0.5,
    now: () => now,
    random: () => clock.chance,
    advance(ms) {
      now += ms;
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      clock.sleeps.push(ms);
      now += ms;
    },
  };
  return clock;
}
