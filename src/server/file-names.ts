import { createHash } from 'node:crypto';

/**
 * Names for content files and their folders that every file system takes (ASCII, short, nothing hidden, apart even
 * where case does not count) and people recognise. `number` alone makes a file's name unique.
 */
export function contentFile(number: number, bucket: string, label: string): string {
  return `${bucketFolder(bucket)}/${String(number).padStart(8, '0')}-${readable(label)}`;
}

/** The number in the name of a content file, 0 in any other. */
export function numberOf(name: string): number {
  return Number(/^\d+(?=-)/.exec(name)?.[0] ?? 0);
}

/** An ordinary bucket name is its folder's; any other is told from its likes by a hash. */
export function bucketFolder(bucket: string): string {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return bucket;
  return `${readable(bucket)}~${createHash('sha256').update(bucket).digest('hex').slice(0, 32)}`;
}

/** The end of the text, where the extension is. No dot at either end: those names are hidden, or lose it on Windows. */
function readable(text: string): string {
  return text
    .slice(-80)
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^\.+|\.+$/g, '_');
}
