import type { Expires } from './options.ts';

const secondsIn = { weeks: 604_800, days: 86_400, hours: 3_600, minutes: 60, seconds: 1 };

/**
 * The Cache-Control that `expires` stands for.
 *
 * @throws {RangeError} it is none of the forms there are
 */
export function cacheControl(expires: Expires, isPublic: boolean | undefined): string {
  let seconds = 0;
  if (expires === 'max') seconds = 365 * secondsIn.days;
  else if (typeof expires === 'number') seconds = expires;
  else {
    const parts = Object.entries(expires ?? {});
    if (parts.length === 0) seconds = Number.NaN;
    for (const [unit, count] of parts) {
      seconds += count * (secondsIn[unit as keyof typeof secondsIn] ?? Number.NaN);
    }
  }
  seconds = Math.floor(seconds);
  if (!(seconds >= 0 && Number.isSafeInteger(seconds))) {
    throw new RangeError(
      "expires must be 'max', seconds from 0, or { weeks, days, hours, minutes, seconds }",
    );
  }
  return `max-age=${seconds}, ${isPublic ? 'public' : 'private'}`;
}
