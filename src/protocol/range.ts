/** Bytes `first` to `last`, both counted from 0 and both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
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
