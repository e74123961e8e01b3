import type { CallOptions, Progress } from './options.ts';

export interface DownloadOptions extends CallOptions {
  versionId?: string | undefined;
  /** Only the object with this ETag; another one is a `PreconditionFailed`. */
  ifMatch?: string | undefined;
  /** Bytes in a range; more where there would be more than 10,000. Default 8 MiB. */
  partSize?: number | undefined;
  /** Most ranges in flight. Default 8. */
  concurrency?: number | undefined;
  /**
   * Keeps what has come when the download fails or the process ends, in hidden files beside `path`, and goes on from
   * there if the object is still the same. For one download to `path` at a time. Default false.
   */
  resume?: boolean | undefined;
  /** Waits until the file is on the disk. Default false. */
  fsync?: boolean | undefined;
  /** Called whenever bytes have been written. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** @throws {RangeError} an option is none that could be meant */
export function checkDownloadOptions({ partSize = 1, concurrency = 1 }: DownloadOptions): void {
  if (!(Number.isSafeInteger(partSize) && partSize >= 1))
    throw new RangeError('partSize must be a whole number of bytes from 1');
  if (!(Number.isInteger(concurrency) && concurrency >= 1))
    throw new RangeError('concurrency must be a whole number from 1');
}
