/** A line of those who wait, each with its neighbours; undefined at the ends and outside of any line. */
export interface InLine<T> {
  before: T | undefined;
  after: T | undefined;
}

export interface Fifo<T> {
  readonly length: number;
  add(one: T): void;
  /** Takes out the one that has waited longest. */
  take(): T | undefined;
  /** Takes out one from anywhere, if it is in the line. */
  remove(one: T): void;
}

/**
 * First in, first out, by links in the waiting ones themselves: all is done in constant time, and nothing is left behind
 * for the garbage collector (a Set would be copied again and again, see `deadlines.ts`).
 */
export function fifo<T extends InLine<T>>(): Fifo<T> {
  let first: T | undefined;
  let last: T | undefined;
  let length = 0;
  function remove(one: T): void {
    if (one !== first && one.before === undefined) return;
    const { before, after } = one;
    if (before) before.after = after;
    else first = after;
    if (after) after.before = before;
    else last = before;
    one.before = undefined;
    one.after = undefined;
    length--;
  }
  return {
    get length() {
      return length;
    },
    add(one) {
      one.before = last;
      if (last) last.after = one;
      else first = one;
      last = one;
      length++;
    },
    take() {
      const one = first;
      if (one) remove(one);
      return one;
    },
    remove,
  };
}
