import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileStore } from '../../src/server/file-store.ts';
import { memoryStore } from '../../src/server/memory-store.ts';
import type { Store } from '../../src/server/store.ts';
import { storeSuite } from './store-suite.ts';

storeSuite('memory', async () => memoryStore());

const scratch = await mkdtemp(join(tmpdir(), 'minis3-store-'));
after(() => rm(scratch, { recursive: true }));
const folders = new Map<Store, string>();

storeSuite(
  'file',
  () => opened(join(scratch, String(folders.size))),
  async (store) => {
    await store.close();
    return opened(folders.get(store)!);
  },
);

async function opened(folder: string): Promise<Store> {
  const store = await fileStore(folder);
  folders.set(store, folder);
  return store;
}
