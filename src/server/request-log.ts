/** One request, as a test may want to look at it afterwards. */
export interface RequestLog {
  readonly method: string;
  /** S3's name of the operation; `undefined` when the request was refused before that was clear. */
  readonly operation: string | undefined;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly status: number;
  /** Of a request whose signature holds. */
  readonly accessKeyId: string | undefined;
  /** What went wrong inside, for a status of 500. */
  readonly error: unknown;
}

/** The newest requests, oldest first, at most `limit`. */
export function requestLog(limit: number): {
  readonly entries: readonly RequestLog[];
  add(entry: RequestLog): void;
} {
  const entries: RequestLog[] = [];
  return {
    entries,
    add(entry) {
      if (entries.length === limit) entries.shift();
      entries.push(entry);
    },
  };
}
