/** Something that waits. */
export interface Wait {
  /** On the scale of `performance.now()`. Moved by `Deadlines.set`; whoever waits may put `Infinity` to rest. */
  deadline: number;
  /** The wait ran out: fail, or `set` another deadline. */
  expired(): void;
}

/**
 * The waits of one transport behind a single timer: starting, moving and ending a wait costs a set entry and a
 * clock reading, not a timer, since nearly all of them end long before they run out.
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
  const waits = new Set<Wait>();
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
    for (const wait of waits) if (wait.deadline <= now) wait.expired();
    let soonest = Number.POSITIVE_INFINITY;
    for (const wait of waits) if (wait.deadline < soonest) soonest = wait.deadline;
    if (soonest < next) arm(soonest, now);
  }

  return {
    set(wait, ms) {
      const now = performance.now();
      wait.deadline = now + ms;
      waits.add(wait);
      if (wait.deadline < next) arm(wait.deadline, now);
    },
    end(wait) {
      waits.delete(wait);
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
