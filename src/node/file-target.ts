import { createHash, randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileTarget } from '../http/files.ts';
import { fileError, fill, notRegular, openRegularFile } from './regular-file.ts';

/** Makes the temporary file that is to become `path`; see `FileAccess`. */
export async function openFileTarget(
  given: string | URL,
  { resumable }: { resumable: boolean },
): Promise<FileTarget> {
  const path = given instanceof URL ? fileURLToPath(given) : given;
  const target = resolve(path);
  const old = await stat(target).catch(absent);
  if (old && !old.isFile()) throw notRegular(path, old);
  if (!old && /[/\\]$/.test(path)) throw fileError('EISDIR', `'${path}' names a folder`);

  const temporary = temporaryName(target, resumable);
  const note = `${temporary}.json`;
  if (inUse.has(temporary)) throw fileError('EBUSY', `'${path}' is being downloaded already`);
  inUse.add(temporary);
  let opened: Temporary;
  try {
    // What replaces a private file is private from its first byte on.
    opened = await openTemporary(temporary, note, resumable, old ? 0o600 : 0o666);
  } catch (error) {
    inUse.delete(temporary);
    throw error;
  }
  const { file, kept } = opened;
  let ended = false;

  return {
    kept,

    async write(chunks, position) {
      const { bytesWritten } = await file.writev(chunks, position);
      let rest = chunks.reduce((size, chunk) => size + chunk.length, -bytesWritten);
      if (rest === 0) return;
      // A disk takes less than it is given when it is nearly full; asked once more, it says so.
      const bytes = Buffer.concat(chunks);
      while (rest > 0) {
        const at = bytes.length - rest;
        rest -= (await file.write(bytes, at, rest, position + at)).bytesWritten;
      }
    },

    read: (buffer, position) => fill(file, buffer, position),

    async keep(text) {
      const fresh = `${note}.new`;
      await remove(fresh);
      await writeFile(fresh, text, { flag: 'wx', mode: 0o600 });
      await rename(fresh, note);
    },

    async commit(size, sync) {
      await file.truncate(size);
      // Where there are no modes it stays as it is.
      if (old) await file.chmod(old.mode & 0o777).catch(() => {});
      if (sync) await file.sync();
      await file.close();
      await rename(temporary, target);
      ended = true;
      inUse.delete(temporary);
      if (sync) await syncFolder(dirname(target));
      await remove(note);
    },

    async discard(keep = false) {
      if (ended) return;
      ended = true;
      inUse.delete(temporary);
      await file.close().catch(() => {});
      if (keep) return;
      await remove(temporary);
      await remove(note);
    },
  };
}

/** Temporary files that this process has open: two transfers into one would spoil it. */
const inUse = new Set<string>();

interface Temporary {
  readonly file: FileHandle;
  readonly kept: string | undefined;
}

// Windows has no such flag.
const { O_RDONLY, O_RDWR, O_NOFOLLOW = 0 } = constants;

async function openTemporary(
  path: string,
  note: string,
  resumable: boolean,
  mode: number,
): Promise<Temporary> {
  if (resumable) {
    const found = await openRegularFile(path, O_RDWR | O_NOFOLLOW).catch(absent);
    if (found) return goOn(path, note, found.file, found.stats);
    await remove(note);
  }
  return { file: await open(path, 'wx+', mode), kept: undefined };
}

async function goOn(path: string, note: string, file: FileHandle, stats: Stats): Promise<Temporary> {
  try {
    if (stats.nlink !== 1 || stats.uid !== (process.getuid?.() ?? stats.uid)) {
      throw fileError('EEXIST', `'${path}' is not this user's alone: remove it`);
    }
    return { file, kept: await readNote(note) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readNote(path: string): Promise<string | undefined> {
  const found = await openRegularFile(path, O_RDONLY | O_NOFOLLOW).catch(absent);
  if (!found) return undefined;
  try {
    return await found.file.readFile('utf8');
  } finally {
    await found.file.close();
  }
}

/** Hidden, and never longer than a name may be: `.video.mp4.0f1e2d3c4b5a.minis3-part`. */
function temporaryName(target: string, resumable: boolean): string {
  const name = basename(target);
  // The part that tells long names apart when they are cut.
  const id = resumable ? createHash('sha256').update(name).digest('hex') : randomBytes(6).toString('hex');
  const cut = Buffer.from(name)
    .subarray(0, 100)
    .toString()
    .replace(/\ufffd+$/, '');
  return join(dirname(target), `.${cut}.${id.slice(0, 12)}.minis3-part`);
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function remove(path: string): Promise<void> {
  return rm(path, { force: true });
}

/** Waits until the names in a folder are on the disk. */
async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder as a file, and keeps its names in a journal of its own.
  if (process.platform === 'win32') return;
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
