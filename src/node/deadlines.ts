/** Something that waits. */
export interface Wait {
  /** On the scale of `performance.now()`. Moved by `Deadlines.set`; whoever waits may put `Infinity` to rest. */
  deadline: number;
  /** Where `Deadlines` keeps it; -1 to begin with. */
  place: number;
  /** The wait ran out: fail, or `set` another deadline. */
  expired(): void;
}

/**
 * The waits of one transport behind a single timer: starting, moving and ending a wait costs an array's entry and a
 * clock reading, not a timer, since nearly all of them end long before they run out.
 *
 * An array, where the last takes the place of the one that ends: a Set that is added to and deleted from all the time
 * is copied over and over, and once one of the old copies has grown old in V8's heap, each keeps the next from being
 * collected young, with all that the waits refer to (a third more CPU for every small GET).
 */
export interface Deadlines {
  /** Starts the wait, or moves it: `ms` from now. */
  set(wait: Wait, ms: number): void;
  end(wait: Wait): void;
  /** Until `letGo` the timer keeps the process alive: for waits that no open socket stands behind. Calls count. */
  hold(): void;
  letGo(): void;
}

export function deadlines(): Deadlines {
  const waits: Wait[] = [];
  let timer: NodeJS.Timeout | undefined;
  let next = Number.POSITIVE_INFINITY;
  let holds = 0;

  function arm(at: number, now: number): void {
    clearTimeout(timer);
    next = at;
    timer = setTimeout(sweep, Math.min(Math.max(1, Math.ceil(at - now)), 0x7fffffff));
    if (holds === 0) timer.unref();
  }

  function sweep(): void {
    next = Number.POSITIVE_INFINITY;
    timer = undefined;
    const now = performance.now();
    // A copy, since what expires may end itself and others.
    for (const wait of waits.filter(({ deadline }) => deadline <= now)) if (wait.place >= 0) wait.expired();
    let soonest = Number.POSITIVE_INFINITY;
    for (const wait of waits) if (wait.deadline < soonest) soonest = wait.deadline;
    if (soonest < next) arm(soonest, now);
  }

  return {
    set(wait, ms) {
      const now = performance.now();
      wait.deadline = now + ms;
      if (wait.place < 0) wait.place = waits.push(wait) - 1;
      if (wait.deadline < next) arm(wait.deadline, now);
    },
    end(wait) {
      const { place } = wait;
      if (place < 0) return;
      wait.place = -1;
      const last = waits.pop() as Wait;
      if (last === wait) return;
      waits[place] = last;
      last.place = place;
    },
    hold() {
      holds++;
      timer?.ref();
    },
    letGo() {
      holds--;
      if (holds === 0) timer?.unref();
    },
  };
}
