/**
 * Where the embedded server keeps things. A store knows names, records and bytes; what they mean (ETags, ACLs,
 * conditions, checksums) is the handler's business. Records are plain JSON values, kept and given back as they are.
 * Every change is atomic: others see all of it or nothing, and once the promise has resolved it stays.
 */
export interface Store {
  /** False when the bucket exists already. */
  createBucket(bucket: BucketRecord): Promise<boolean>;
  /** Uploads in progress do not keep a bucket: they go with it. */
  deleteBucket(name: string): Promise<'deleted' | 'missing' | 'not-empty'>;
  bucket(name: string): Promise<BucketRecord | undefined>;
  updateBucket(name: string, change: (record: BucketRecord) => BucketRecord): Promise<void>;
  /** In order of their names. */
  buckets(): Promise<BucketRecord[]>;

  /** Takes bytes in, visible to nobody until they are published. When `content` fails nothing is left behind. */
  stage(content: AsyncIterable<Uint8Array>): Promise<Staged>;

  /**
   * Publishes staged content as the object `record.key`. `check` sees the object it would replace, in the same
   * atomic step, and refuses by throwing; the staged content is then discarded.
   */
  putObject(bucket: string, record: ObjectRecord, content: Staged, check?: Check): Promise<void>;
  object(bucket: string, key: string): Promise<StoredObject | undefined>;
  /** Changes the record alone (metadata, ACL), not the bytes. Does nothing when the object is gone. */
  updateObject(bucket: string, key: string, change: (record: ObjectRecord) => ObjectRecord): Promise<void>;
  /** The record that was there; `check` sees it, or undefined, first. */
  deleteObject(bucket: string, key: string, check?: Check): Promise<ObjectRecord | undefined>;
  /**
   * Records in UTF-8 byte order of their keys, at most `limit`: keys that start with `prefix`, come after `after`
   * and, with `from`, not before it. Costs time by the page, not by the bucket.
   */
  listObjects(bucket: string, query: ListQuery): Promise<ObjectRecord[]>;

  createUpload(bucket: string, upload: UploadRecord): Promise<void>;
  upload(bucket: string, uploadId: string): Promise<UploadRecord | undefined>;
  /** In order of key, then upload id. */
  listUploads(bucket: string, prefix: string): Promise<UploadRecord[]>;
  /** Replaces a part of the same number. Resolves to false, keeping nothing, when the upload is gone. */
  putPart(bucket: string, uploadId: string, part: PartRecord, content: Staged): Promise<boolean>;
  /** In order of their numbers. */
  listParts(bucket: string, uploadId: string): Promise<PartRecord[]>;
  /** Publishes the parts of these numbers, in this order, as the object, and ends the upload. False: upload is gone. */
  completeUpload(
    bucket: string,
    uploadId: string,
    partNumbers: readonly number[],
    record: ObjectRecord,
    check?: Check,
  ): Promise<boolean>;
  abortUpload(bucket: string, uploadId: string): Promise<boolean>;

  close(): Promise<void>;
}

/** What a write into a bucket rejects with when the bucket is gone. */
export class BucketMissing extends Error {
  override readonly name = 'BucketMissing';

  constructor(bucket: string) {
    super(`there is no bucket ${bucket}`);
  }
}

export type Check = (current: ObjectRecord | undefined) => void;

/** Bytes taken in but not published yet. */
export interface Staged {
  readonly size: number;
  discard(): Promise<void>;
}

export interface StoredObject {
  readonly record: ObjectRecord;
  /** Bytes `start` up to `end` exclusive, of the object as it was when it was looked up, even if replaced since. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

export interface ListQuery {
  readonly prefix: string;
  readonly after?: string | undefined;
  readonly from?: string | undefined;
  readonly limit: number;
}

export interface BucketRecord {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly owner: string;
  readonly region: string;
  readonly acl: string;
}

export interface ObjectRecord {
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  readonly owner: string;
  readonly acl: string;
  readonly storageClass: string;
  /** Headers given back with the object: content-type, cache-control, x-amz-website-redirect-location, ... */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata by lower-case name, without the x-amz-meta- prefix, values as they came. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly checksum?: StoredChecksum | undefined;
  /** Sizes and checksums of the parts of a multipart object. */
  readonly parts?: readonly { readonly size: number; readonly checksum?: string | undefined }[] | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export interface StoredChecksum {
  readonly algorithm: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
  /** Base64, with the `-N` of a composite value. */
  readonly value: string;
}

export interface UploadRecord {
  readonly uploadId: string;
  readonly key: string;
  readonly initiated: number;
  readonly owner: string;
  readonly acl: string;
  readonly storageClass: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly checksum?: { readonly algorithm: string; readonly type: 'FULL_OBJECT' | 'COMPOSITE' } | undefined;
}

export interface PartRecord {
  readonly partNumber: number;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: number;
  readonly checksum?: string | undefined;
}
