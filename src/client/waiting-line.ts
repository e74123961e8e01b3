/** A job in line. */
export interface Waiting {
  start(): void;
  /** The signal it came with has aborted; it is no longer in line. */
  leave(reason: unknown): void;
}

export interface WaitingLine {
  add(waiting: Waiting, signal: AbortSignal | undefined): void;
  /** The one that has waited longest, taken out of the line. */
  take(): Waiting | undefined;
}

interface Place {
  readonly waiting: Waiting | undefined;
  readonly signal: AbortSignal | undefined;
  before: Place;
  after: Place;
}

/**
 * Jobs in the order they came, linked so that one leaves from anywhere in constant time. A signal is listened to once,
 * however many jobs share it: listeners are found by a search, and many of them draw a warning.
 */
export function waitingLine(): WaitingLine {
  const ends = { waiting: undefined, signal: undefined } as unknown as Place;
  ends.before = ends;
  ends.after = ends;
  const watched = new Map<AbortSignal, Set<Place>>();

  function abort({ target }: Event): void {
    const signal = target as AbortSignal;
    const places = watched.get(signal);
    watched.delete(signal);
    for (const place of places ?? []) {
      unlink(place);
      place.waiting?.leave(signal.reason);
    }
  }

  function watch(place: Place, signal: AbortSignal): void {
    const places = watched.get(signal);
    if (places) {
      places.add(place);
    } else {
      watched.set(signal, new Set([place]));
      signal.addEventListener('abort', abort);
    }
  }

  function unwatch(place: Place, signal: AbortSignal): void {
    const places = watched.get(signal);
    if (!places?.delete(place) || places.size > 0) return;
    watched.delete(signal);
    signal.removeEventListener('abort', abort);
  }

  return {
    add(waiting, signal) {
      const place = { waiting, signal, before: ends.before, after: ends };
      ends.before.after = place;
      ends.before = place;
      if (signal) watch(place, signal);
    },
    take() {
      const first = ends.after;
      if (first !== ends) {
        unlink(first);
        if (first.signal) unwatch(first, first.signal);
      }
      return first.waiting;
    },
  };
}

function unlink({ before, after }: Place): void {
  before.after = after;
  after.before = before;
}
