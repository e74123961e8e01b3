import { mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readContent, writeContent } from './content-file.ts';
import { bucketFolder, contentFile } from './file-names.ts';
import { grouped } from './grouped.ts';
import type { Medium, Piece } from './indexed-store.ts';
import type { Journal } from './journal.ts';
import type { Staged } from './store.ts';
import type { Change } from './store-index.ts';
import { syncFolder } from './sync-file.ts';

export interface FilePiece extends Piece {
  /** Below objects/, with `/` on every system. */
  readonly file: string;
}

export interface StagedFile extends Staged {
  readonly number: number;
  /** Undefined once the content is published or discarded. */
  path: string | undefined;
}

export interface FileMediumOptions {
  readonly folder: string;
  readonly journal: Journal<Change<FilePiece>>;
  /** New files are numbered from here on. */
  readonly lastNumber: number;
  readonly unlock: () => void;
}

/** Content in files and changes in the journal; file-store.ts says how and why. */
export function fileMedium(options: FileMediumOptions): Medium<FilePiece, StagedFile> {
  const { folder, journal, unlock } = options;
  const objects = join(folder, 'objects');
  let number = options.lastNumber;
  const folders = new Map<string, ContentFolder>();
  const leases = new WeakMap<FilePiece, number>();
  const leftovers = new Map<string, NodeJS.Timeout>();
  let closed: Promise<void> | undefined;

  /** Renames a staged file into its place, and waits until its name there is on the disk. */
  async function moveIn(path: string, file: string): Promise<void> {
    const target = join(objects, file);
    const parent = dirname(target);
    let contentFolder = folders.get(parent);
    if (!contentFolder) {
      mkdirSync(parent, { recursive: true });
      contentFolder = { made: syncFolder(objects), sync: grouped(() => syncFolder(parent)) };
      folders.set(parent, contentFolder);
    }
    renameSync(path, target);
    await contentFolder.made;
    await contentFolder.sync();
  }

  return {
    async stage(content) {
      const name = ++number;
      const path = join(folder, 'staging', String(name));
      const staged: StagedFile = {
        size: await writeContent(path, content),
        number: name,
        path,
        async discard() {
          if (staged.path === undefined) return;
          staged.path = undefined;
          await remove(path);
        },
      };
      return staged;
    },

    async keep(content, bucket, label) {
      const { path, size } = content;
      if (path === undefined) throw new Error('this content is published or discarded already');
      content.path = undefined;
      const file = contentFile(content.number, bucket, label);
      try {
        await moveIn(path, file);
      } catch (error) {
        await remove(path);
        throw error;
      }
      return { size, file };
    },

    commit(change) {
      const lasting = journal.append(change);
      if (change.op === 'delete-bucket') {
        const parent = join(objects, bucketFolder(change.bucket));
        if (removeEmptyFolder(parent)) folders.delete(parent);
      }
      return lasting;
    },

    async drop(pieces) {
      const now = performance.now();
      const unused = pieces.filter((piece) => {
        const wait = (leases.get(piece) ?? 0) - now;
        if (wait <= 0) return true;
        const path = join(objects, piece.file);
        const end = () => {
          leftovers.delete(path);
          void remove(path);
        };
        leftovers.set(path, setTimeout(end, wait).unref());
        return false;
      });
      await Promise.all(unused.map((piece) => remove(join(objects, piece.file))));
    },

    reader(piece) {
      leases.set(piece, performance.now() + leaseMs);
      const path = join(objects, piece.file);
      return (start, end) => readContent(path, start, end);
    },

    close() {
      closed ??= closeAll();
      return closed;
    },
  };

  async function closeAll(): Promise<void> {
    try {
      await journal.close();
      for (const [path, timer] of leftovers) {
        clearTimeout(timer);
        await remove(path);
      }
    } finally {
      unlock();
    }
  }
}

/** Whether it was empty and is gone. */
export function removeEmptyFolder(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}

interface ContentFolder {
  /** Settles when the folder's own name is on the disk. */
  readonly made: Promise<void>;
  readonly sync: () => Promise<void>;
}

/**
 * How long after a look-up a read may begin although the object was replaced since; once begun it has the file open
 * and takes all the time it needs. Holding the file open from the look-up would leak where nobody reads.
 */
const leaseMs = 30_000;

/** A file that stays all the same is removed at the next start: nothing names it. */
async function remove(path: string): Promise<void> {
  await unlink(path).catch(() => {});
}
