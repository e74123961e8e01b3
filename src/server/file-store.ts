import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type FilePiece, fileMedium, removeEmptyFolder } from './file-medium.ts';
import { numberOf } from './file-names.ts';
import { lockFolder } from './folder-lock.ts';
import { indexedStore } from './indexed-store.ts';
import { openJournal } from './journal.ts';
import type { Store } from './store.ts';
import { type StoreIndex, storeIndex } from './store-index.ts';
import { syncFolderNow } from './sync-file.ts';

/**
 * A store in a folder, which is made when it is missing. One process has the folder at a time: opening it while
 * another does is an error, as is a folder that holds something else. Close it when every call has settled.
 *
 *     FOLDER/
 *       journal.jsonl                        what there is: buckets, objects, uploads and parts, in lines of JSON
 *       objects/photos/00000042-2024_cat.jpg the bytes of the object 2024/cat.jpg in the bucket photos
 *       objects/photos/00000043-part1-...    the bytes of an uploaded part, later a stretch of its object
 *       staging/                             bytes on their way in
 *       lock                                 the process that has the folder
 *
 * The journal alone says what exists. Each line is one change of the store (`Change` in store-index.ts) and the last
 * line about a key holds; it names the files that hold the bytes. Their names are for people: the number makes them
 * unique, so no key, whatever is in it, can meet another's file or leave the folder. A file that the journal names is
 * never written again.
 *
 * Why a kill, or a loss of power, is safe at every point of a put:
 * 1. The bytes are written to staging/ and brought to the disk. Until here the next start empties staging/.
 * 2. The file is renamed into objects/, and the folder brought to the disk. Until here, and until 3, no line names
 *    the file, so the next start removes it.
 * 3. A line is appended to the journal: now the object is there, in place of an older one. A torn line is no line.
 * 4. The journal is brought to the disk, and the caller told.
 * 5. Files that no line in force names any more are removed. Until here the next start does it.
 * Deleting, changing a record and aborting are 3 to 5, and so is completing an upload: its line names the files of
 * the parts, in order, as the object's.
 */
export async function fileStore(folder: string): Promise<Store> {
  const path = join(folder, 'journal.jsonl');
  const scratch = join(folder, 'journal.new');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path) && readdirSync(folder).some((name) => !/^(lock(\..*)?|journal\..*)$/.test(name))) {
    // It would be emptied of all the journal does not name.
    throw new Error(`${folder} is not empty and not a minis3 store: choose another folder`);
  }
  const unlock = lockFolder(folder);
  try {
    const index = storeIndex<FilePiece>();
    const journal = openJournal({ path, scratch, replay: index.apply, snapshot: index.changes });
    rmSync(join(folder, 'staging'), { recursive: true, force: true });
    mkdirSync(join(folder, 'staging'));
    mkdirSync(join(folder, 'objects'), { recursive: true });
    syncFolderNow(folder);
    const lastNumber = removeOrphans(join(folder, 'objects'), index);
    return indexedStore(index, fileMedium({ folder, journal, lastNumber, unlock }));
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Removes content files that the index does not name. Gives the highest number of a file, named or there. */
function removeOrphans(objects: string, index: StoreIndex<FilePiece>): number {
  const named = new Set<string>();
  for (const change of index.changes()) {
    if (change.op === 'object') for (const piece of change.pieces) named.add(piece.file);
    if (change.op === 'part') named.add(change.piece.file);
  }
  let last = 0;
  for (const file of named) last = Math.max(last, numberOf(basename(file)));
  for (const folder of readdirSync(objects, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    const path = join(objects, folder.name);
    for (const name of readdirSync(path)) {
      const number = numberOf(name);
      last = Math.max(last, number);
      // What has no number is not of this store's making: a note, a file manager's cache.
      if (number > 0 && !named.has(`${folder.name}/${name}`)) rmSync(join(path, name), { force: true });
    }
    removeEmptyFolder(path);
  }
  return last;
}
