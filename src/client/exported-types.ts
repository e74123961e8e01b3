export type { BodyInput, FileHandleLike } from '../http/body.ts';
export type { CredentialProvider, Credentials } from '../http/credentials.ts';
export type { RetryOptions } from '../http/retry.ts';
export type { Timeouts, Transport, TransportRequest, TransportResponse } from '../http/transport.ts';
export type { ChecksumAlgorithm } from '../protocol/checksum.ts';
export type { RequestedRange } from '../protocol/format-range.ts';
export type { PostCondition } from '../protocol/post-policy.ts';
export type { Bucket, BucketHead, CreateBucketOptions } from './buckets.ts';
export type { CompleteOptions } from './complete-upload.ts';
export type { Completed, CompletedOptions } from './completed.ts';
export type { ConnectionArguments } from './connection.ts';
export type { CopyOptions } from './copy.ts';
export type { Deleted, DeleteOptions } from './delete.ts';
export type { DeleteManyOptions, DeleteManyResult, ObjectToDelete } from './delete-many.ts';
export type { Downloaded } from './download.ts';
export type { DownloadOptions } from './download-options.ts';
export type { ObjectHead } from './head.ts';
export type { InitiateUploadOptions } from './initiate-upload.ts';
export type { CommonPrefix, Listing, ListOptions, ListPage, S3Object } from './list.ts';
export type { UploadedPart } from './list-parts.ts';
export type { Mapped } from './map-settled.ts';
export type { MultipartUploadOptions, ResumeOptions } from './multipart-upload.ts';
export type { UploadSource } from './open-source.ts';
export type {
  CallOptions,
  ConnectionOptions,
  Expires,
  ObjectOptions,
  PartOptions,
  Progress,
  ReadOptions,
  RequestEvent,
  UploadOptions,
} from './options.ts';
export type { PoolArguments, PoolOptions } from './pool.ts';
export type { PresignedPost, PresignOptions, PresignPostOptions } from './presign.ts';
export type { Settled } from './settled.ts';
export type { Stored } from './stored.ts';
export type { UpdateMetadataOptions } from './update-metadata.ts';
