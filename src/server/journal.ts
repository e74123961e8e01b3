import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { completeLines } from './complete-lines.ts';
import { grouped } from './grouped.ts';
import { syncFile, syncFolderNow } from './sync-file.ts';

/** A file of changes, one line of JSON each, that tell the whole state when they are made again from the first. */
export interface Journal<C> {
  /**
   * Writes the change at the end. Throws, having written nothing, when that fails. Once it has returned a kill of
   * the process cannot undo it; once the promise resolves neither can a loss of power.
   */
  append(change: C): Promise<void>;
  close(): Promise<void>;
}

export interface JournalOptions<C> {
  readonly path: string;
  /** Where a new journal is written before it takes the place of the old one; on the same file system. */
  readonly scratch: string;
  readonly replay: (change: C) => void;
  /** The fewest changes that lead to the present state. */
  readonly snapshot: () => Iterable<C>;
  /** Void lines that are put up with before the journal is rewritten, beyond as many as there are good ones. */
  readonly slack?: number | undefined;
}

/**
 * Opens the journal and replays it, or makes an empty one.
 *
 * A kill in the middle of an append leaves a torn last line: nobody was told that it is there, so it is cut off.
 * A damaged line with good ones after it has another cause and is an error: what was acknowledged is not guessed.
 *
 * Lines that later ones made void pile up, so the journal is rewritten as its snapshot once most of it is void. The
 * new file is whole and on the disk before it is renamed over the old one: a kill leaves the one or the other.
 */
export function openJournal<C>(options: JournalOptions<C>): Journal<C> {
  const { path, scratch, replay, snapshot, slack = 10_000 } = options;
  let failure: unknown;
  let limit = 0;
  let file = existsSync(path) ? reopen() : rewrite();
  tidy();

  function reopen(): LineFile {
    const file = lineFile(openSync(path, 'r+'));
    try {
      replayLines(file, path, replay);
      ftruncateSync(file.fd, file.end);
      // A killed process may have left lines that only the system's memory has; what follows relies on them.
      fdatasyncSync(file.fd);
    } catch (error) {
      closeSync(file.fd);
      throw error;
    }
    limit = 2 * count(snapshot()) + slack;
    return file;
  }

  function lineFile(fd: number): LineFile {
    const sync = () =>
      syncFile(fd).catch((error) => {
        // What of it reached the disk is unknown from here on, and a second try would not tell.
        failure = error;
        throw error;
      });
    return { fd, end: 0, lines: 0, sync: grouped(sync) };
  }

  function rewrite(old?: LineFile): LineFile {
    const next = lineFile(openSync(scratch, 'w'));
    try {
      writeLines(next, [header]);
      let batch: string[] = [];
      for (const change of snapshot()) {
        if (batch.push(JSON.stringify(change)) < 1000) continue;
        writeLines(next, batch);
        batch = [];
      }
      writeLines(next, batch);
      fdatasyncSync(next.fd);
      renameSync(scratch, path);
    } catch (error) {
      closeSync(next.fd);
      throw error;
    }
    limit = 2 * next.lines + slack;
    // Some may still wait for lines of the old file.
    void old?.sync().then(
      () => closeSync(old.fd),
      () => closeSync(old.fd),
    );
    try {
      syncFolderNow(dirname(path));
    } catch (error) {
      failure = error;
    }
    return next;
  }

  function tidy(): void {
    if (file.lines <= limit) return;
    try {
      file = rewrite(file);
    } catch {
      // No room for a second journal: the old one goes on being good.
      limit = 2 * file.lines;
    }
  }

  function assertWritable(): void {
    if (failure) throw new Error(`${path} cannot be written any more`, { cause: failure });
  }

  return {
    append(change) {
      assertWritable();
      tidy();
      assertWritable();
      const { end } = file;
      try {
        writeLines(file, [JSON.stringify(change)]);
      } catch (error) {
        // A full disk takes half a line; the next must not begin behind it.
        try {
          ftruncateSync(file.fd, end);
        } catch {
          failure = error;
        }
        throw error;
      }
      return file.sync();
    },

    async close() {
      const healthy = !failure;
      failure ??= new Error('it is closed');
      try {
        if (healthy) await file.sync();
      } finally {
        closeSync(file.fd);
      }
    },
  };
}

interface LineFile {
  readonly fd: number;
  end: number;
  lines: number;
  readonly sync: () => Promise<void>;
}

/** The first line: what the file is, and which form of it. */
const header = '{"minis3-journal":1}';

function writeLines(file: LineFile, lines: readonly string[]): void {
  if (lines.length === 0) return;
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file.fd, bytes, done, bytes.length - done, file.end + done);
  }
  file.end += bytes.length;
  file.lines += lines.length;
}

function replayLines<C>(file: LineFile, path: string, replay: (change: C) => void): void {
  let number = 0;
  let damaged = 0;
  for (const { line, end } of completeLines(file.fd)) {
    number++;
    if (number === 1) {
      if (line !== header) throw new Error(`${path} is not a journal that this version of minis3 can read`);
    } else {
      const change = parsed(line);
      if (change === undefined) {
        damaged ||= number;
        continue;
      }
      if (damaged) throw new Error(`${path} is damaged in line ${damaged}`);
      replay(change as C);
    }
    file.end = end;
    file.lines = number;
  }
  if (number === 0) throw new Error(`${path} is not a journal that this version of minis3 can read`);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function count(values: Iterable<unknown>): number {
  let n = 0;
  for (const _ of values) n++;
  return n;
}
