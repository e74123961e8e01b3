import type { FileTarget } from '../http/files.ts';

/** What an unfinished download leaves for the process that goes on with it. */
export interface DownloadNote {
  /** What is downloaded, in whatever tells it from anything else. */
  readonly object: readonly unknown[];
  readonly partSize: number;
  /** Checksums of the ranges that are there, by number from 0. */
  readonly done: ReadonlyMap<number, string>;
}

/** The note, if it is one about this object. */
export function readDownloadNote(text: string | undefined, object: readonly unknown[]): DownloadNote | undefined {
  let note: Record<keyof DownloadNote, unknown> | undefined;
  try {
    note = text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
  const { partSize, done } = note ?? {};
  if (JSON.stringify(note?.object) !== JSON.stringify(object) || !Array.isArray(done)) return undefined;
  if (!Number.isSafeInteger(partSize) || (partSize as number) < 1) return undefined;
  return { object, partSize: partSize as number, done: new Map(done) };
}

/** A function that keeps the note as it is by then. Calls that come while a note is being kept share the next one. */
export function keepDownloadNote(target: FileTarget, note: DownloadNote): () => Promise<void> {
  let keeping: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= keeping.then(() => {
      next = undefined;
      return target.keep(JSON.stringify({ ...note, done: [...note.done] }));
    });
    keeping = next;
    return next;
  };
}
