import { closeSync, openSync, read, readSync, rmSync, writev, writevSync } from 'node:fs';
import { promisify } from 'node:util';
import { gather } from './gather.ts';
import { syncFile } from './sync-file.ts';

// Files are opened, closed and read or written in small without going through the thread pool, which costs several
// times what such a call does. Big transfers and waits for the disk leave the event loop free.

/** Writes a new file and waits until it is on the disk. Gives its size; leaves no file when `content` fails. */
export async function writeContent(path: string, content: AsyncIterable<Uint8Array>): Promise<number> {
  const fd = openSync(path, 'wx');
  let size = 0;
  try {
    try {
      for await (const group of gather(content, blockSize)) size += await writeAll(fd, group);
      await syncFile(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
  return size;
}

/** Bytes `start` up to `end` exclusive. The file is open from when iteration begins until it ends or is given up. */
export async function* readContent(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  if (start >= end) return;
  const fd = openSync(path, 'r');
  try {
    while (start < end) {
      const block = Buffer.allocUnsafe(Math.min(end - start, blockSize));
      const count =
        block.length <= smallSize
          ? readSync(fd, block, 0, block.length, start)
          : (await readAsync(fd, block, 0, block.length, start)).bytesRead;
      if (count === 0) throw new Error(`${path} is shorter than what was stored`);
      start += count;
      yield count === block.length ? block : block.subarray(0, count);
    }
  } finally {
    closeSync(fd);
  }
}

const blockSize = 256 * 1024;
const smallSize = 64 * 1024;

const readAsync = promisify(read);
const writevAsync = promisify(writev);

async function writeAll(fd: number, group: Uint8Array[]): Promise<number> {
  const size = group.reduce((sum, chunk) => sum + chunk.length, 0);
  let left = size;
  for (;;) {
    const written = left <= smallSize ? writevSync(fd, group) : (await writevAsync(fd, group)).bytesWritten;
    left -= written;
    if (left === 0) return size;
    group = [Buffer.concat(group).subarray(written)];
  }
}
