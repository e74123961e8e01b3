import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Takes the folder for this process; the function it gives lets go of it. Throws when a live process (this one
 * included) has it. A lock whose process is gone is taken over.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  const mine = join(folder, `lock.${process.pid}`);
  writeFileSync(mine, `${identity(process.pid)}\n`);
  try {
    // A link appears with its content and only where there was nothing: no reader sees a lock without an owner.
    while (!linked(mine, path)) evictStale(folder, path, `${mine}.stale`);
  } finally {
    rmSync(mine, { force: true });
  }
  return () => rmSync(path, { force: true });
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function evictStale(folder: string, path: string, aside: string): void {
  const owner = ownerOf(path);
  if (owner === undefined) return;
  if (alive(owner)) {
    throw new Error(
      `${folder} is in use by process ${owner.split(' ')[0]}: stop it or choose another folder`,
    );
  }
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  // Another process may have taken over the stale lock since it was read, and it is that one's which was moved.
  if (ownerOf(aside) !== owner) linked(aside, path);
  rmSync(aside, { force: true });
}

function ownerOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function alive(owner: string): boolean {
  const pid = Number(owner.split(' ')[0]);
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Anything but "no such process", such as "not permitted", means that there is one.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return identity(pid) === owner;
}

/**
 * The process id and, on Linux, when it started: ids are given again, in containers soon. A killed process that its
 * parent has not waited for yet counts as gone.
 */
function identity(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
    return fields[0] === 'Z' ? '' : `${pid} ${fields[19]}`;
  } catch {
    return String(pid);
  }
}
