import type { BodyInput } from '../http/body.ts';
import { type Content, contentOf } from '../http/content.ts';
import type { FileAccess } from '../http/files.ts';

/** What a multipart upload reads: a path or file URL, or any body but a string. */
export type UploadSource = string | URL | Exclude<BodyInput, string>;

export async function openSource(
  files: FileAccess | undefined,
  source: UploadSource,
  contentLength?: number,
): Promise<Content> {
  return typeof source === 'string' || source instanceof URL
    ? openFile(files, source)
    : contentOf(source, contentLength);
}

/** @throws {TypeError} the runtime has no files. Rejects with what the file system says. */
export async function openFile(files: FileAccess | undefined, path: string | URL): Promise<Content> {
  if (!files) throw new TypeError('This runtime has no files: give a body instead of a path');
  const file = await files.openSource(path);
  return {
    size: file.size,
    modified: file.modified,
    seekable: true,
    read: (buffer, position) => file.read(buffer, position),
    close: () => file.close(),
  };
}
