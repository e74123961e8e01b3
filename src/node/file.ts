import { constants } from 'node:fs';
import type { FileAccess, FileSource } from '../http/files.ts';
import { openFileTarget } from './file-target.ts';
import { fill, openRegularFile } from './regular-file.ts';

/** {@link FileAccess} on `node:fs`. */
export const nodeFiles: FileAccess = { openSource, openTarget: openFileTarget };

async function openSource(path: string | URL): Promise<FileSource> {
  // Else opening a pipe waits for its writer. Windows has neither such pipes nor such a flag.
  const { file, stats } = await openRegularFile(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  return {
    size: stats.size,
    modified: stats.mtimeMs,
    read: (buffer, position) => fill(file, buffer, position),
    close: () => file.close(),
  };
}
