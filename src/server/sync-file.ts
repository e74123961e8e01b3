import { closeSync, fdatasync, fsync, fsyncSync, openSync } from 'node:fs';
import { promisify } from 'node:util';

/** Waits until the bytes written to an open file are on the disk, with the length needed to read them. */
export const syncFile: (fd: number) => Promise<void> = promisify(fdatasync);

/** Waits until the names made, moved and removed in a folder are on the disk. */
export async function syncFolder(path: string): Promise<void> {
  if (unsyncable) return;
  const fd = openSync(path, 'r');
  try {
    await fsyncAsync(fd);
  } finally {
    closeSync(fd);
  }
}

export function syncFolderNow(path: string): void {
  if (unsyncable) return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Windows cannot open a folder as a file; NTFS keeps its names in a journal of its own. */
const unsyncable = process.platform === 'win32';

const fsyncAsync = promisify(fsync);
