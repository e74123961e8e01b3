import { compareUtf8 } from '../protocol/compare-utf8.ts';
import { BucketMissing, type ListQuery, type ObjectRecord, type Staged, type Store } from './store.ts';
import type { BucketEntry, Change, StoreIndex } from './store-index.ts';

/** Where the bytes are and how a change is made to last: all that sets one store apart from another. */
export interface Medium<P extends Piece, S extends Staged> {
  stage(content: AsyncIterable<Uint8Array>): Promise<S>;
  /**
   * Turns staged content into a piece that a change may refer to. Discards it when that fails. `label` tells people
   * what it is.
   */
  keep(content: S, bucket: string, label: string): Promise<P>;
  /**
   * Writes the change down. Throws when it cannot, and the change is then not made; resolves when nothing can undo
   * it any more. Called in one synchronous step with the look at the index before and its change after.
   */
  commit(change: Change<P>): Promise<void>;
  /** Removes pieces that nothing refers to any more. Who holds a `reader` of one may still read it. */
  drop(pieces: readonly P[]): Promise<void>;
  /** Called when the object is looked up: `read` of what it gives must work after the piece is dropped. */
  reader(piece: P): Reader;
  close(): Promise<void>;
}

export interface Piece {
  readonly size: number;
}

export type Reader = (start: number, end: number) => AsyncIterable<Uint8Array>;

/**
 * The store's behaviour over an index in memory. Every change is one synchronous step (look, check, write down, apply)
 * so steps never interleave, and what waits (staging before, durability after) stands outside of it.
 */
export function indexedStore<P extends Piece, S extends Staged>(
  index: StoreIndex<P>,
  medium: Medium<P, S>,
): Store {
  const { buckets } = index;

  function existing(bucket: string): BucketEntry<P> {
    const entry = buckets.get(bucket);
    if (!entry) throw new BucketMissing(bucket);
    return entry;
  }

  /** Freed pieces go only after the change that freed them is safe: until then a crash may bring them back. */
  function commit(change: Change<P>): Promise<void> {
    const lasting = medium.commit(change);
    const freed = index.apply(change);
    return freed.length === 0 ? lasting : lasting.then(() => medium.drop(freed));
  }

  /** Keeps the content and commits the change `step` makes of it; drops it when `step` throws or gives none. */
  async function publish(
    content: Staged,
    bucket: string,
    label: string,
    step: (piece: P) => Change<P> | undefined,
  ): Promise<boolean> {
    const piece = await medium.keep(content as S, bucket, label);
    let committed: Promise<void> | undefined;
    try {
      const change = step(piece);
      if (change) committed = commit(change);
    } finally {
      if (!committed) await medium.drop([piece]);
    }
    await committed;
    return committed !== undefined;
  }

  return {
    async createBucket(record) {
      if (buckets.get(record.name)) return false;
      await commit({ op: 'bucket', bucket: record.name, record });
      return true;
    },

    async deleteBucket(bucket) {
      const entry = buckets.get(bucket);
      if (!entry) return 'missing';
      if (entry.objects.size > 0) return 'not-empty';
      await commit({ op: 'delete-bucket', bucket });
      return 'deleted';
    },

    async bucket(name) {
      return buckets.get(name)?.record;
    },

    async updateBucket(bucket, change) {
      await commit({ op: 'bucket', bucket, record: change(existing(bucket).record) });
    },

    async buckets() {
      return Array.from(buckets.values(), (entry) => entry.record);
    },

    stage: (content) => medium.stage(content),

    async putObject(bucket, record, content, check) {
      await publish(content, bucket, record.key, (piece) => {
        const current = existing(bucket).objects.get(record.key)?.record;
        check?.(current);
        return { op: 'object', bucket, record, pieces: [piece] };
      });
    },

    async object(bucket, key) {
      const entry = buckets.get(bucket)?.objects.get(key);
      return entry && { record: entry.record, read: joined(entry.pieces, medium.reader) };
    },

    async updateObject(bucket, key, change) {
      const entry = existing(bucket).objects.get(key);
      if (entry) await commit({ op: 'object', bucket, record: change(entry.record), pieces: entry.pieces });
    },

    async deleteObject(bucket, key, check) {
      const record = buckets.get(bucket)?.objects.get(key)?.record;
      check?.(record);
      if (record) await commit({ op: 'delete-object', bucket, key });
      return record;
    },

    async listObjects(bucket, query) {
      const entry = buckets.get(bucket);
      return entry ? page(entry, query) : [];
    },

    async createUpload(bucket, record) {
      existing(bucket);
      await commit({ op: 'upload', bucket, record });
    },

    async upload(bucket, uploadId) {
      return buckets.get(bucket)?.uploads.get(uploadId)?.record;
    },

    async listUploads(bucket, prefix) {
      return Array.from(buckets.get(bucket)?.uploads.values() ?? [], (upload) => upload.record)
        .filter((record) => record.key.startsWith(prefix))
        .sort((a, b) => compareUtf8(a.key, b.key) || compareUtf8(a.uploadId, b.uploadId));
    },

    async putPart(bucket, uploadId, record, content) {
      const key = buckets.get(bucket)?.uploads.get(uploadId)?.record.key;
      if (key === undefined) {
        await content.discard();
        return false;
      }
      return publish(content, bucket, `part${record.partNumber}-${key}`, (piece) =>
        buckets.get(bucket)?.uploads.has(uploadId)
          ? { op: 'part', bucket, uploadId, record, piece }
          : undefined,
      );
    },

    async listParts(bucket, uploadId) {
      const parts = buckets.get(bucket)?.uploads.get(uploadId)?.parts.values() ?? [];
      return Array.from(parts, (part) => part.record).sort((a, b) => a.partNumber - b.partNumber);
    },

    async completeUpload(bucket, uploadId, partNumbers, record, check) {
      const entry = buckets.get(bucket);
      const upload = entry?.uploads.get(uploadId);
      if (!entry || !upload) return false;
      const pieces = partNumbers.map((number) => {
        const part = upload.parts.get(number);
        if (!part) throw new RangeError(`upload ${uploadId} has no part ${number}`);
        return part.piece;
      });
      check?.(entry.objects.get(record.key)?.record);
      await commit({ op: 'object', bucket, uploadId, record, pieces });
      return true;
    },

    async abortUpload(bucket, uploadId) {
      if (!buckets.get(bucket)?.uploads.has(uploadId)) return false;
      await commit({ op: 'abort', bucket, uploadId });
      return true;
    },

    close: () => medium.close(),
  };
}

function page<P>(bucket: BucketEntry<P>, { prefix, after, from, limit }: ListQuery): ObjectRecord[] {
  const records: ObjectRecord[] = [];
  if (limit <= 0) return records;
  let start = prefix;
  for (const bound of [after, from]) if (bound !== undefined && compareUtf8(bound, start) > 0) start = bound;
  for (const { record } of bucket.objects.values(start)) {
    if (!record.key.startsWith(prefix)) break;
    if (record.key === after) continue;
    records.push(record);
    if (records.length >= limit) break;
  }
  return records;
}

/** Reads across the pieces of an object as if they were one. */
function joined<P extends Piece>(pieces: readonly P[], open: (piece: P) => Reader): Reader {
  const readers = pieces.map(open);
  if (readers.length === 1) return readers[0]!;
  return async function* (start, end) {
    let offset = 0;
    for (const [i, { size }] of pieces.entries()) {
      const first = Math.max(start - offset, 0);
      const last = Math.min(end - offset, size);
      if (first < last) yield* readers[i]!(first, last);
      offset += size;
    }
  };
}
