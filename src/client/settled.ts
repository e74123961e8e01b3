/** How a promise or a job ended. */
export interface Settled<T> {
  /** Its place in what was given, from 0. */
  readonly index: number;
  /** Returns what it gave, or throws what it failed with. */
  result(): T;
}

/** How `promise` ends: what returns its value, or throws its error. Never rejects. */
export function settle<T>(promise: PromiseLike<T>): Promise<() => T> {
  return Promise.resolve(promise).then(
    (value) => () => value,
    (error) => () => {
      throw error;
    },
  );
}
