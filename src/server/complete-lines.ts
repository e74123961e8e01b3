import { readSync } from 'node:fs';

/** Reads a file's lines that end in a line feed, each with the place in the file where the next begins. */
export function* completeLines(fd: number): Generator<{ line: string; end: number }> {
  let buffer = Buffer.allocUnsafe(1024 * 1024);
  let filled = 0;
  let position = 0;
  for (;;) {
    const count = readSync(fd, buffer, filled, buffer.length - filled, position + filled);
    if (count === 0) return;
    filled += count;
    let start = 0;
    for (let feed = buffer.indexOf(10); feed >= 0 && feed < filled; feed = buffer.indexOf(10, start)) {
      yield { line: buffer.toString('utf8', start, feed), end: position + feed + 1 };
      start = feed + 1;
    }
    buffer.copy(buffer, 0, start, filled);
    filled -= start;
    position += start;
    if (filled === buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length);
  }
}
