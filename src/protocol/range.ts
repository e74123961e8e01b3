/** Bytes `first` to `last`, both counted from 0 and both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

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
    if (!(Number.isSafeInteger(range.suffix) && range.suffix > 0)) {
      throw new RangeError('A range needs a suffix of 1 or more bytes.');
    }
    return `bytes=-${range.suffix}`;
  }
  const { first, last } = range;
  if (!(Number.isSafeInteger(first) && first >= 0)) {
    throw new RangeError('The first byte of a range must be an integer of 0 or more.');
  }
  if (last === undefined) return `bytes=${first}-`;
  if (!(Number.isSafeInteger(last) && last >= first)) {
    throw new RangeError('The last byte of a range must be an integer not below the first.');
  }
  return `bytes=${first}-${last}`;
}

/**
 * What a `Range` header means for an object of `size` bytes, as S3 reads it: clipped at the end, `ignored` when
 * malformed, reversed or of several ranges (the answer is the whole object), `unsatisfiable` when no byte lies in it.
 */
export function parseRange(header: string, size: number): ByteRange | 'ignored' | 'unsatisfiable' {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (!(from || to)) return 'ignored';
  if (from && to && Number(from) > Number(to)) return 'ignored';
  const first = from ? Number(from) : Math.max(0, size - Number(to));
  const last = from && to ? Math.min(Number(to), size - 1) : size - 1;
  return first > last ? 'unsatisfiable' : { first, last };
}

/** The value of `Content-Range` for a part of an object of `size` bytes, or for none of it. */
export function formatContentRange(range: ByteRange | 'unsatisfiable', size: number): string {
  return `bytes ${range === 'unsatisfiable' ? '*' : `${range.first}-${range.last}`}/${size}`;
}

/** Reads a `Content-Range` header; `size` is missing where the server does not say it (`*`). */
export function parseContentRange(text: string): (ByteRange & { readonly size?: number }) | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(?:(\d{1,15})|\*)$/i.exec(text.trim());
  if (!match) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2]);
  if (match[3] === undefined) return first > last ? undefined : { first, last };
  const size = Number(match[3]);
  return first > last || last >= size ? undefined : { first, last, size };
}
