import { type OrderedMap, orderedMap } from './ordered-map.ts';
import type { BucketRecord, ObjectRecord, PartRecord, UploadRecord } from './store.ts';

/**
 * All records of a store, in memory. `P` says where a piece of content lies: bytes in the memory store, a file in
 * the file store. It changes by whole `Change`s only, which are plain JSON when `P` is: the file store's journal.
 */
export interface StoreIndex<P> {
  readonly buckets: OrderedMap<BucketEntry<P>>;
  /**
   * Makes the change and gives the pieces (told apart by identity) that nothing refers to any more. A change to what
   * is gone does nothing.
   */
  apply(change: Change<P>): P[];
  /** The fewest changes that make an empty index into this one. */
  changes(): Generator<Change<P>>;
}

export interface BucketEntry<P> {
  record: BucketRecord;
  readonly objects: OrderedMap<ObjectEntry<P>>;
  readonly uploads: Map<string, UploadEntry<P>>;
}

export interface ObjectEntry<P> {
  readonly record: ObjectRecord;
  /** The content is the pieces one after the other: one for a simple object, one per part for a multipart one. */
  readonly pieces: readonly P[];
}

export interface UploadEntry<P> {
  readonly record: UploadRecord;
  readonly parts: Map<number, { readonly record: PartRecord; readonly piece: P }>;
}

/** One atomic step. Each says what is so from then on, never how it differs from before. */
export type Change<P> =
  | { readonly op: 'bucket'; readonly bucket: string; readonly record: BucketRecord }
  | { readonly op: 'delete-bucket'; readonly bucket: string }
  | ({
      readonly op: 'object';
      readonly bucket: string;
      readonly uploadId?: string | undefined;
    } & ObjectEntry<P>)
  | { readonly op: 'delete-object'; readonly bucket: string; readonly key: string }
  | { readonly op: 'upload'; readonly bucket: string; readonly record: UploadRecord }
  | {
      readonly op: 'part';
      readonly bucket: string;
      readonly uploadId: string;
      readonly record: PartRecord;
      readonly piece: P;
    }
  | { readonly op: 'abort'; readonly bucket: string; readonly uploadId: string };

export function storeIndex<P>(): StoreIndex<P> {
  const buckets = orderedMap<BucketEntry<P>>();

  function apply(change: Change<P>): P[] {
    const bucket = buckets.get(change.bucket);
    if (change.op === 'bucket') {
      if (bucket) bucket.record = change.record;
      else buckets.set(change.bucket, { record: change.record, objects: orderedMap(), uploads: new Map() });
      return [];
    }
    if (!bucket) return [];
    switch (change.op) {
      case 'delete-bucket':
        buckets.delete(change.bucket);
        return [
          ...[...bucket.objects.values()].flatMap((object) => object.pieces),
          ...[...bucket.uploads.values()].flatMap(partPieces),
        ];
      case 'object': {
        const { record, pieces, uploadId } = change;
        const freed = [
          ...(bucket.objects.get(record.key)?.pieces ?? []),
          ...(uploadId === undefined ? [] : endUpload(bucket, uploadId)),
        ];
        bucket.objects.set(record.key, { record, pieces });
        const kept = new Set(pieces);
        return freed.filter((piece) => !kept.has(piece));
      }
      case 'delete-object': {
        const pieces = bucket.objects.get(change.key)?.pieces ?? [];
        bucket.objects.delete(change.key);
        return [...pieces];
      }
      case 'upload':
        bucket.uploads.set(change.record.uploadId, { record: change.record, parts: new Map() });
        return [];
      case 'part': {
        const parts = bucket.uploads.get(change.uploadId)?.parts;
        if (!parts) return [change.piece];
        const old = parts.get(change.record.partNumber);
        parts.set(change.record.partNumber, { record: change.record, piece: change.piece });
        return old ? [old.piece] : [];
      }
      case 'abort':
        return endUpload(bucket, change.uploadId);
    }
  }

  function* changes(): Generator<Change<P>> {
    for (const { record: bucketRecord, objects, uploads } of buckets.values()) {
      const bucket = bucketRecord.name;
      yield { op: 'bucket', bucket, record: bucketRecord };
      for (const object of objects.values()) yield { op: 'object', bucket, ...object };
      for (const { record, parts } of uploads.values()) {
        yield { op: 'upload', bucket, record };
        for (const part of parts.values()) yield { op: 'part', bucket, uploadId: record.uploadId, ...part };
      }
    }
  }

  return { buckets, apply, changes };
}

function endUpload<P>(bucket: BucketEntry<P>, uploadId: string): P[] {
  const upload = bucket.uploads.get(uploadId);
  bucket.uploads.delete(uploadId);
  return upload ? partPieces(upload) : [];
}

function partPieces<P>(upload: UploadEntry<P>): P[] {
  return [...upload.parts.values()].map((part) => part.piece);
}
