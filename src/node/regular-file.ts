import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Opens what must be a regular file: neither a folder nor a pipe nor a device. */
export async function openRegularFile(
  path: string | URL,
  flags: number,
): Promise<{ readonly file: FileHandle; readonly stats: Stats }> {
  const file = await open(path, flags);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw notRegular(path, stats);
    return { file, stats };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Fills `buffer` from `position` on and gives the number of bytes, fewer only at the end of the file. */
export async function fill(file: FileHandle, buffer: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

export function notRegular(path: string | URL, stats: Stats): Error {
  return stats.isDirectory()
    ? fileError('EISDIR', `'${path}' is a folder`)
    : fileError('EINVAL', `'${path}' is not a regular file`);
}

/** An error like those of the file system. */
export function fileError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}
