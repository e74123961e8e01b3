import { gather } from './gather.ts';
import { indexedStore, type Medium, type Piece } from './indexed-store.ts';
import type { Staged, Store } from './store.ts';
import { storeIndex } from './store-index.ts';

/** A store that lives and dies with the process. */
export function memoryStore(): Store {
  return indexedStore(storeIndex<Blocks>(), memory);
}

interface Blocks extends Piece {
  readonly blocks: readonly Uint8Array[];
}

const blockSize = 256 * 1024;

const memory: Medium<Blocks, Blocks & Staged> = {
  async stage(content) {
    const blocks: Uint8Array[] = [];
    let size = 0;
    for await (const group of gather(content, blockSize)) {
      // Copied even when it is one chunk: a socket's chunk would keep its whole read buffer in memory.
      const block = Buffer.concat(group);
      blocks.push(block);
      size += block.length;
    }
    return { size, blocks, discard: async () => {} };
  },

  keep: async ({ size, blocks }) => ({ size, blocks }),
  commit: async () => {},
  drop: async () => {},

  reader: ({ blocks }) =>
    async function* (start, end) {
      let offset = 0;
      for (const block of blocks) {
        if (offset >= end) return;
        const first = Math.max(start - offset, 0);
        if (first < block.length) yield block.subarray(first, Math.min(end - offset, block.length));
        offset += block.length;
      }
    },

  close: async () => {},
};
