/** Files as transfers need them: read and written by position. Runtimes without files have none of this. */
export interface FileAccess {
  /** Opens a file to send. Rejects with what the file system says. */
  openSource(path: string | URL): Promise<FileSource>;
  /**
   * Makes a temporary file beside `path`, exclusively. With `resumable` its name is always the same for a path, and one
   * that is there already is gone on with. Rejects when `path` is a folder or anything else but a regular file.
   */
  openTarget(path: string | URL, options: { resumable: boolean }): Promise<FileTarget>;
}

/** A regular file, open for reading. */
export interface FileSource {
  /** Bytes, when it was opened. */
  readonly size: number;
  /** Last modification, milliseconds since the epoch. */
  readonly modified: number;
  /** Fills `buffer` from `position` on and gives the number of bytes, fewer only at the end of the file. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** A file in the making: nothing of it is to be seen under its name before `commit`. */
export interface FileTarget {
  /** What an earlier process left with `keep`, if it goes on from there. */
  readonly kept: string | undefined;
  /** Writes all of the chunks, one after the other, from `position` on. */
  write(chunks: readonly Uint8Array[], position: number): Promise<void>;
  /** Fills `buffer` from `position` on with what was written, as `FileSource.read` does. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Keeps a note beside the file, for a process that goes on with it. Atomic. */
  keep(note: string): Promise<void>;
  /** Cuts it to `size`, puts it in the place of `path` and removes the note. With `sync` it is on the disk by then. */
  commit(size: number, sync: boolean): Promise<void>;
  /** Removes it and its note; with `kept`, only closes it. Safe at any time, any number of times. */
  discard(kept?: boolean): Promise<void>;
}
