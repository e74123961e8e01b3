import { type BodyInput, expectError } from '../http/body.ts';
import type { InputOf, Operation, OutputOf } from '../operations/operation.ts';
import type { Bucket, BucketHead, CreateBucketOptions } from './buckets.ts';
import { type Connected, inside } from './connected.ts';
import type { CopyOptions } from './copy.ts';
import type { Deleted, DeleteOptions } from './delete.ts';
import type { DeleteManyOptions, DeleteManyResult, ObjectToDelete } from './delete-many.ts';
import type { Downloaded } from './download.ts';
import type { DownloadOptions } from './download-options.ts';
import { get } from './get.ts';
import type { ObjectHead } from './head.ts';
import type { InitiateUploadOptions } from './initiate-upload.ts';
import { type Jobs, unlimited } from './jobs.ts';
import { type CommonPrefix, type Listing, type ListOptions, list, type S3Object } from './list.ts';
import type { MultipartUpload } from './multipart-upload.ts';
import {
  type BucketOr,
  type CallOptions,
  type ConnectionOptions,
  callOptions,
  type ReadOptions,
  type UploadOptions,
} from './options.ts';
import type { PresignedPost, PresignOptions, PresignPostOptions } from './presign.ts';
import type { S3Response } from './response.ts';
import { type Call, Sender } from './send.ts';
import { type Platform, resolveSettings } from './settings.ts';
import type { Stored } from './stored.ts';
import type { UpdateMetadataOptions } from './update-metadata.ts';
import { upload } from './upload.ts';

/** What `new Connection` takes: options, or the keys and then options (or the default bucket, as tinys3 does). */
export type ConnectionArguments =
  | [options?: ConnectionOptions]
  | [accessKey: string, secretKey: string, options?: BucketOr<ConnectionOptions>];

/**
 * A connection to one S3 service. Every call sends one request (some a few), retries what may be retried, and rejects
 * with an `S3Error` when the service refuses, a `TypeError` or `RangeError` when the call makes no sense, or the reason
 * of its `signal`. Calls name the bucket in their options, or as a string in the options' place, or use `defaultBucket`.
 */
export class Connection {
  readonly #sender: Sender;
  readonly #jobs: Jobs;

  /** @param jobs begins every call that sends something */
  constructor(platform: Platform, args: ConnectionArguments, jobs: Jobs = unlimited) {
    this.#sender = new Sender(resolveSettings(platform, connectionOptions(args)));
    this.#jobs = jobs;
  }

  get [inside](): Connected[typeof inside] {
    return { sender: this.#sender, jobs: this.#jobs };
  }

  get defaultBucket(): string | undefined {
    return this.#sender.settings.defaultBucket;
  }

  /** Makes a bucket, private unless told otherwise. */
  createBucket(bucket: string, options?: CreateBucketOptions): Promise<Stored> {
    return this.#call(options, async (given) =>
      (await import('./buckets.ts')).createBucket(this.#sender, bucket, given),
    );
  }

  /** Deletes an empty bucket, which has to be named: the default bucket is not meant by leaving it out. */
  deleteBucket(bucket: string, options?: CallOptions): Promise<Stored> {
    return this.#call(options, async (given) =>
      (await import('./buckets.ts')).deleteBucket(this.#sender, bucket, given),
    );
  }

  /** Rejects with `NotFound` or `Forbidden` where the bucket is not there or not open to the caller. */
  headBucket(options?: BucketOr<CallOptions>): Promise<BucketHead> {
    return this.#call(options, async (given) =>
      (await import('./buckets.ts')).headBucket(this.#sender, given),
    );
  }

  /** The caller's buckets. */
  listBuckets(options?: Omit<CallOptions, 'bucket'>): Promise<Bucket[]> {
    return this.#call(options, async (given) =>
      (await import('./buckets.ts')).listBuckets(this.#sender, given),
    );
  }

  /**
   * Stores an object of any size: in one piece up to `multipartThreshold`, else in parts. What fails is sent again, but
   * for a stream in one piece with `multipartThreshold: Infinity`.
   */
  upload(key: string, body: BodyInput, options?: BucketOr<UploadOptions>): Promise<Stored> {
    expectError(body);
    return this.#call(
      options,
      (given) => upload(this.#sender, key, body, given),
      () => import('./end-body.ts').then(({ endBody }) => endBody(body)).catch(() => {}),
    );
  }

  /** Stores a file: in one piece where it is small, else part by part, read by position. */
  uploadFile(
    key: string,
    path: string | URL,
    options?: BucketOr<Omit<UploadOptions, 'contentLength'>>,
  ): Promise<Stored> {
    return this.#call(options, async (given) =>
      (await import('./upload-file.ts')).uploadFile(this.#sender, key, path, given),
    );
  }

  /** Begins an upload whose parts are sent one by one with its `uploadPart`. */
  initiateMultipartUpload(key: string, options?: BucketOr<InitiateUploadOptions>): Promise<MultipartUpload> {
    return this.#call(options, async (given) =>
      (await import('./initiate-upload.ts')).initiateMultipartUpload(this, key, given),
    );
  }

  /** The uploads in parts that are neither completed nor aborted, of keys that start with `prefix`. */
  async *listMultipartUploads(
    prefix = '',
    options?: BucketOr<CallOptions>,
  ): AsyncGenerator<MultipartUpload, void, undefined> {
    const { listMultipartUploads } = await import('./list-uploads.ts');
    yield* listMultipartUploads(this, prefix, callOptions(options));
  }

  /** The same, all at once. */
  getAllMultipartUploads(
    options?: BucketOr<CallOptions & { prefix?: string | undefined }>,
  ): Promise<MultipartUpload[]> {
    return this.#jobs.spread(async () =>
      (await import('./list-uploads.ts')).allMultipartUploads(this, callOptions(options)),
    );
  }

  /**
   * Reads an object. Resolves when the headers are there; the body is read by `bytes()`, `text()`, `json()`, `body` or
   * iteration, and has to be read or cancelled.
   */
  get(key: string, options?: BucketOr<ReadOptions>): Promise<S3Response> {
    return this.#call(options, (given) => get(this.#sender, key, given));
  }

  /**
   * Reads an object into a file, in parallel ranges of one version. Until the whole of it is there and verified, and on
   * any failure, an older file of that name stays as it is.
   */
  download(key: string, path: string | URL, options?: BucketOr<DownloadOptions>): Promise<Downloaded> {
    return this.#call(options, async (given) =>
      (await import('./download.ts')).download(this.#sender, key, path, given),
    );
  }

  /** All objects whose keys start with `prefix`, in order of their keys' UTF-8 bytes. */
  list(
    prefix: string | undefined,
    options: ListOptions & { delimiter: string },
  ): Listing<S3Object | CommonPrefix>;
  list(prefix?: string, options?: BucketOr<ListOptions>): Listing<S3Object>;
  list(prefix = '', options?: BucketOr<ListOptions>): Listing<S3Object> & Listing<S3Object | CommonPrefix> {
    return list(this.#sender, prefix, callOptions(options), this.#jobs.run);
  }

  /** Deletes an object; that there is none is no error. */
  delete(key: string, options?: BucketOr<DeleteOptions>): Promise<Deleted> {
    return this.#call(options, async (given) =>
      (await import('./delete.ts')).deleteKey(this.#sender, key, given),
    );
  }

  /** Deletes many objects, a thousand a request, and tells what became of each. */
  deleteMany(
    keys: Iterable<string | ObjectToDelete> | AsyncIterable<string | ObjectToDelete>,
    options?: BucketOr<DeleteManyOptions>,
  ): Promise<DeleteManyResult> {
    return this.#jobs.spread(async (run) =>
      (await import('./delete-many.ts')).deleteMany(this.#sender, keys, callOptions(options), run),
    );
  }

  /** Copies an object on the server, with all that is stored beside it but for what is given anew. */
  copy(options: CopyOptions): Promise<Stored> {
    return this.#call(options, async (given) => (await import('./copy.ts')).copy(this.#sender, given));
  }

  /** What is stored beside an object, without its bytes. Rejects with `NotFound` where there is none. */
  headObject(key: string, options?: BucketOr<ReadOptions>): Promise<ObjectHead> {
    return this.#call(options, async (given) =>
      (await import('./head.ts')).headObject(this.#sender, key, given),
    );
  }

  /** Whether there is such an object. */
  exists(key: string, options?: BucketOr<ReadOptions>): Promise<boolean> {
    return this.#call(options, async (given) => (await import('./head.ts')).exists(this.#sender, key, given));
  }

  /** Changes what is stored beside an object's bytes; what is not given stays as it is. */
  updateMetadata(key: string, options: UpdateMetadataOptions): Promise<Stored> {
    return this.#call(options, async (given) =>
      (await import('./update-metadata.ts')).updateMetadata(this.#sender, key, given),
    );
  }

  /** A URL that lets anyone who has it do one thing with one object for a while. Sends nothing. */
  async presign(key: string, options?: BucketOr<PresignOptions>): Promise<string> {
    return (await import('./presign.ts')).presign(this.#sender, key, callOptions(options));
  }

  /** A form with which a browser may upload one file. Sends nothing. */
  async presignPost(key: string, options?: BucketOr<PresignPostOptions>): Promise<PresignedPost> {
    return (await import('./presign.ts')).presignPost(this.#sender, key, callOptions(options));
  }

  /** Sends any operation of `minis3/operations`. */
  send<O extends Operation>(operation: O, input: InputOf<O>, call?: Call): Promise<OutputOf<O>> {
    expectError((input as { body?: BodyInput }).body);
    return this.#call(call, (given) => this.#sender.send(operation, input, given));
  }

  /** For logs: where it goes, nothing about who it is. */
  toJSON(): Record<string, unknown> {
    const { endpoint, region, defaultBucket } = this.#sender.settings;
    return { hostname: endpoint.hostname, port: endpoint.port, region, defaultBucket };
  }

  #call<O extends CallOptions, T>(
    options: BucketOr<O>,
    call: (options: O) => Promise<T>,
    unused?: () => void,
  ): Promise<T> {
    const given = callOptions(options);
    const job = () => {
      try {
        return call(given);
      } catch (error) {
        return Promise.reject(error);
      }
    };
    return this.#jobs.run(job, given.signal, unused);
  }
}

/** The options of a constructor, however they were given. */
export function connectionOptions([first, secretKey, rest]: ConnectionArguments): ConnectionOptions {
  if (typeof first !== 'string') return first ?? {};
  const options = typeof rest === 'string' ? { defaultBucket: rest } : rest;
  return { ...options, accessKey: first, secretKey: secretKey as string };
}
