import type { FileTarget } from '../http/files.ts';

/** What an unfinished download leaves for the process that goes on with it. */
export interface DownloadNote {
  /** Whatever tells the object, and this version of it, from all others. */
  readonly object: readonly unknown[];
  readonly partSize: number;
  /** Checksums of the ranges that are in the file, by number from 0. */
  readonly done: ReadonlyMap<number, string>;
}

/** The note, if it is one about this object. */
export function readDownloadNote(
  text: string | undefined,
  object: readonly unknown[],
): DownloadNote | undefined {
  try {
    const { partSize, done, ...note } = JSON.parse(text ?? '');
    if (
      partSize >= 1 &&
      Number.isSafeInteger(partSize) &&
      JSON.stringify(note.object) === JSON.stringify(object)
    ) {
      return { object, partSize, done: new Map(done) };
    }
  } catch {
    // Whatever it is, it is no note.
  }
  return undefined;
}

/** A function that keeps the note as it is by then. Calls that come while one is being kept share the next. */
export function keepDownloadNote(target: FileTarget, note: DownloadNote): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= last = last.then(() => {
      next = undefined;
      return target.keep(JSON.stringify({ ...note, done: [...note.done] }));
    });
    return next;
  };
}
