/** When the calls of a connection begin. */
export interface Jobs {
  /** A call in a slot of its own. */
  readonly run: Run;
  /**
   * A call that waits for input of its own: it holds no slot itself, as the input may come from calls that need one.
   * Its requests take theirs by the `run` it is given.
   */
  spread<T>(call: (run: Run) => Promise<T>): Promise<T>;
}

/**
 * Starts `job`, now or when its turn comes. A signal that aborts before takes it out of the line; `unused` hears that a
 * job will never start, to let go of what it was given.
 */
export type Run = <T>(job: () => Promise<T>, signal?: AbortSignal, unused?: () => void) => Promise<T>;

/** No bound: every call begins at once. */
export const unlimited: Jobs = {
  run: (job) => job(),
  spread: (call) => call(unlimited.run),
};
