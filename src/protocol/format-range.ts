/** What can be asked for: a range, all bytes from `first` on, or the last `suffix` bytes. */
export type RequestedRange =
  | { readonly first: number; readonly last?: number | undefined }
  | { readonly suffix: number };

/**
 * The value of a `Range` header ({@link https://www.rfc-editor.org/rfc/rfc9110#section-14.2 RFC 9110}).
 * @throws RangeError when no byte can lie in the range.
 */
export function formatRange(range: RequestedRange): string {
  if ('suffix' in range) {
    if (!isCount(range.suffix, 1)) throw new RangeError('A range needs a suffix of 1 or more bytes.');
    return `bytes=-${range.suffix}`;
  }
  const { first, last } = range;
  if (!isCount(first, 0)) throw new RangeError('The first byte of a range must be an integer of 0 or more.');
  if (last === undefined) return `bytes=${first}-`;
  if (!isCount(last, first)) {
    throw new RangeError('The last byte of a range must be an integer not below the first.');
  }
  return `bytes=${first}-${last}`;
}

function isCount(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}
