import type { BodyInput } from '../http/body.ts';
import type { InputOf, Operation, OutputOf } from '../operations/operation.ts';
import type { Bucket, BucketHead, CreateBucketOptions } from './buckets.ts';
import type { CopyOptions } from './copy.ts';
import { type Deleted, type DeleteOptions, deleteKey } from './delete.ts';
import type { DeleteManyResult } from './delete-many.ts';
import { get } from './get.ts';
import { exists, headObject, type ObjectHead } from './head.ts';
import { type CommonPrefix, type Listing, type ListOptions, list, type S3Object } from './list.ts';
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

  constructor(platform: Platform, args: ConnectionArguments) {
    this.#sender = new Sender(resolveSettings(platform, connectionOptions(args)));
  }

  get defaultBucket(): string | undefined {
    return this.#sender.settings.defaultBucket;
  }

  /** Makes a bucket, private unless told otherwise. */
  async createBucket(bucket: string, options: CreateBucketOptions = {}): Promise<Stored> {
    const { createBucket } = await import('./buckets.ts');
    return createBucket(this.#sender, bucket, options);
  }

  /** Deletes an empty bucket, which has to be named: the default bucket is not meant by leaving it out. */
  async deleteBucket(bucket: string, options: CallOptions = {}): Promise<Stored> {
    const { deleteBucket } = await import('./buckets.ts');
    return deleteBucket(this.#sender, bucket, options);
  }

  /** Rejects with `NotFound` or `Forbidden` where the bucket is not there or not open to the caller. */
  async headBucket(options?: BucketOr<CallOptions>): Promise<BucketHead> {
    const { headBucket } = await import('./buckets.ts');
    return headBucket(this.#sender, callOptions(options));
  }

  /** The caller's buckets. */
  async listBuckets(options: Omit<CallOptions, 'bucket'> = {}): Promise<Bucket[]> {
    const { listBuckets } = await import('./buckets.ts');
    return listBuckets(this.#sender, options);
  }

  /** Stores an object. A body that can be read again is sent again when an attempt fails. */
  async upload(key: string, body: BodyInput, options?: BucketOr<UploadOptions>): Promise<Stored> {
    return upload(this.#sender, key, body, callOptions(options));
  }

  /**
   * Reads an object. Resolves when the headers are there; the body is read by `bytes()`, `text()`, `json()`, `body` or
   * iteration, and has to be read or cancelled.
   */
  async get(key: string, options?: BucketOr<ReadOptions>): Promise<S3Response> {
    return get(this.#sender, key, callOptions(options));
  }

  /** All objects whose keys start with `prefix`, in order of their keys' UTF-8 bytes. */
  list(
    prefix: string | undefined,
    options: ListOptions & { delimiter: string },
  ): Listing<S3Object | CommonPrefix>;
  list(prefix?: string, options?: BucketOr<ListOptions>): Listing<S3Object>;
  list(prefix = '', options?: BucketOr<ListOptions>): Listing<S3Object> & Listing<S3Object | CommonPrefix> {
    return list(this.#sender, prefix, callOptions(options));
  }

  /** Deletes an object; that there is none is no error. */
  async delete(key: string, options?: BucketOr<DeleteOptions>): Promise<Deleted> {
    return deleteKey(this.#sender, key, callOptions(options));
  }

  /** Deletes many objects, a thousand a request, and tells what became of each. */
  async deleteMany(
    keys: Iterable<string> | AsyncIterable<string>,
    options?: BucketOr<CallOptions>,
  ): Promise<DeleteManyResult> {
    const { deleteMany } = await import('./delete-many.ts');
    return deleteMany(this.#sender, keys, callOptions(options));
  }

  /** Copies an object on the server, with all that is stored beside it but for what is given anew. */
  async copy(options: CopyOptions): Promise<Stored> {
    const { copy } = await import('./copy.ts');
    return copy(this.#sender, options);
  }

  /** What is stored beside an object, without its bytes. Rejects with `NotFound` where there is none. */
  async headObject(key: string, options?: BucketOr<ReadOptions>): Promise<ObjectHead> {
    return headObject(this.#sender, key, callOptions(options));
  }

  /** Whether there is such an object. */
  async exists(key: string, options?: BucketOr<ReadOptions>): Promise<boolean> {
    return exists(this.#sender, key, callOptions(options));
  }

  /** Changes what is stored beside an object's bytes; what is not given stays as it is. */
  async updateMetadata(key: string, options: UpdateMetadataOptions): Promise<Stored> {
    const { updateMetadata } = await import('./update-metadata.ts');
    return updateMetadata(this.#sender, key, options);
  }

  /** A URL that lets anyone who has it do one thing with one object for a while. Sends nothing. */
  async presign(key: string, options?: BucketOr<PresignOptions>): Promise<string> {
    const { presign } = await import('./presign.ts');
    return presign(this.#sender, key, callOptions(options));
  }

  /** A form with which a browser may upload one file. Sends nothing. */
  async presignPost(key: string, options?: BucketOr<PresignPostOptions>): Promise<PresignedPost> {
    const { presignPost } = await import('./presign.ts');
    return presignPost(this.#sender, key, callOptions(options));
  }

  /** Sends any operation of `minis3/operations`. */
  async send<O extends Operation>(operation: O, input: InputOf<O>, call: Call = {}): Promise<OutputOf<O>> {
    return this.#sender.send(operation, input, call);
  }

  /** For logs: where it goes, nothing about who it is. */
  toJSON(): Record<string, unknown> {
    const { endpoint, region, defaultBucket } = this.#sender.settings;
    return { hostname: endpoint.hostname, port: endpoint.port, region, defaultBucket };
  }
}

function connectionOptions([first, secretKey, rest]: ConnectionArguments): ConnectionOptions {
  if (typeof first !== 'string') return first ?? {};
  const options = typeof rest === 'string' ? { defaultBucket: rest } : rest;
  return { ...options, accessKey: first, secretKey: secretKey as string };
}
