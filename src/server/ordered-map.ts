import { compareUtf8 } from '../protocol/compare-utf8.ts';

/** A map that keeps its keys in UTF-8 byte order. */
export interface OrderedMap<V> {
  readonly size: number;
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): boolean;
  /** Values in order of their keys, from the first key that is not before `start`. */
  values(start?: string): Generator<V>;
}

/**
 * Keys lie in short sorted chunks, the chunks in one sorted array: a lookup is two binary searches, and an insertion
 * moves at most one chunk's worth of keys plus, once per split, the array of chunks. At a million keys that array has
 * a few thousand places, so no deeper tree is needed.
 */
export function orderedMap<V>(): OrderedMap<V> {
  const chunks: Chunk<V>[] = [];
  let size = 0;

  /** The chunk whose range `key` falls into: the last one that starts at or before it, else the first. */
  function chunkAt(key: string): number {
    let low = 0;
    let high = chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareUtf8(chunks[middle]!.keys[0]!, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(low - 1, 0);
  }

  return {
    get size() {
      return size;
    },

    get(key) {
      const chunk = chunks[chunkAt(key)];
      if (!chunk) return undefined;
      const place = placeIn(chunk.keys, key);
      return chunk.keys[place] === key ? chunk.values[place] : undefined;
    },

    set(key, value) {
      const at = chunkAt(key);
      const chunk = chunks[at];
      if (!chunk) {
        chunks.push({ keys: [key], values: [value] });
        size = 1;
        return;
      }
      const place = placeIn(chunk.keys, key);
      if (chunk.keys[place] === key) {
        chunk.values[place] = value;
        return;
      }
      size++;
      if (chunk.keys.length < chunkLimit) {
        chunk.keys.splice(place, 0, key);
        chunk.values.splice(place, 0, value);
        return;
      }
      // A key after all others starts a chunk of its own, so that loading in order fills chunks to the brim.
      const half = place === chunkLimit ? chunkLimit : chunkLimit / 2;
      const right = { keys: chunk.keys.splice(half), values: chunk.values.splice(half) };
      chunks.splice(at + 1, 0, right);
      const target = place < half ? chunk : right;
      const targetPlace = place < half ? place : place - half;
      target.keys.splice(targetPlace, 0, key);
      target.values.splice(targetPlace, 0, value);
    },

    delete(key) {
      const at = chunkAt(key);
      const chunk = chunks[at];
      if (!chunk) return false;
      const place = placeIn(chunk.keys, key);
      if (chunk.keys[place] !== key) return false;
      chunk.keys.splice(place, 1);
      chunk.values.splice(place, 1);
      if (chunk.keys.length === 0) chunks.splice(at, 1);
      size--;
      return true;
    },

    *values(start = '') {
      const first = chunkAt(start);
      for (let at = first; at < chunks.length; at++) {
        const chunk = chunks[at]!;
        for (let i = at === first ? placeIn(chunk.keys, start) : 0; i < chunk.keys.length; i++) {
          yield chunk.values[i]!;
        }
      }
    },
  };
}

interface Chunk<V> {
  readonly keys: string[];
  readonly values: V[];
}

const chunkLimit = 256;

/** The place of the first key that is not before `key`. */
function placeIn(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(keys[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
