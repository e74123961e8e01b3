/** Refuses a lifetime that is not a whole number of seconds from 1 up to `most`. */
export function checkExpiresIn(seconds: number, most: number = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > most) {
    throw new RangeError(`expiresIn must be a whole number of seconds from 1 to ${most}`);
  }
}
