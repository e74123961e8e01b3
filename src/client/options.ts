import type { CredentialProvider, Credentials } from '../http/credentials.ts';
import type { RetryOptions } from '../http/retry.ts';
import type { Timeouts, Transport } from '../http/transport.ts';
import type { ChecksumAlgorithm } from '../protocol/checksum.ts';
import type { S3Error } from '../protocol/error.ts';
import type { RequestedRange } from '../protocol/format-range.ts';

/** How a connection reaches a service and speaks to it. */
export interface ConnectionOptions {
  accessKey?: string | undefined;
  secretKey?: string | undefined;
  sessionToken?: string | undefined;
  /**
   * Credentials, or a function that gives them (any provider made for the AWS SDK fits), asked again before they
   * expire; `'anonymous'` sends requests unsigned. Instead of `accessKey` and `secretKey`.
   */
  credentials?: Credentials | CredentialProvider | 'anonymous' | undefined;
  /** `host`, `host:port` or a URL. Default `s3.amazonaws.com`. */
  endpoint?: string | undefined;
  /** Default: what the endpoint's name tells, else `us-east-1`. A bucket's own region is learned from AWS's answers. */
  region?: string | undefined;
  /** The bucket of calls that name none. */
  defaultBucket?: string | undefined;
  /** Whether an endpoint given without a scheme is spoken to over TLS. Default true. */
  tls?: boolean | undefined;
  /** `false` accepts any certificate, for servers with self-signed ones. Default true. */
  verify?: boolean | undefined;
  /** Certificates to trust besides, or rather instead of, the system's: PEM. */
  ca?: string | Uint8Array | undefined;
  /** `'s3v4'` (default), or `'s3'` for systems that know only Signature Version 2. */
  signatureVersion?: 's3v4' | 's3' | undefined;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. Default: where a virtual host cannot work. */
  pathStyle?: boolean | undefined;
  /**
   * Whether the signature covers the body. Default: it does, unless a checksum protects the body or it is a stream over
   * TLS that cannot be read twice.
   */
  payload?: 'signed' | 'unsigned' | undefined;
  /** The checksum sent with bodies, `false` for none. Default: CRC32 for AWS over TLS, none elsewhere. */
  checksum?: ChecksumAlgorithm | false | undefined;
  /** Bounds on retries. Default: 4 attempts a call, 500 tokens a connection. */
  retry?: Partial<RetryOptions> | undefined;
  /** Bounds on waits in milliseconds. Default: connect 10,000, first byte 60,000, idle 30,000. */
  timeouts?: Partial<Timeouts> | undefined;
  /** Most connections open at once. Default 64. Node only; elsewhere the runtime decides. */
  sockets?: number | undefined;
  /** A transport of your own; `'http'` is `node:http`. Default: the runtime's best. */
  transport?: Transport | 'http' | undefined;
  /** The `fetch` to send with, instead of any other transport. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Called before every attempt. */
  onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Called when an attempt failed and another follows after `delay` milliseconds. */
  onRetry?: ((event: RequestEvent & { error: S3Error; delay: number }) => void) | undefined;
  /** Called when the headers of an answer are there. */
  onResponse?:
    | ((
        event: RequestEvent & { status: number; requestId: string | undefined; milliseconds: number },
      ) => void)
    | undefined;
}

/** What a hook is told of a request. Holds no secret: neither URL nor headers. */
export interface RequestEvent {
  readonly operation: string;
  readonly method: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** 1 for the first. */
  readonly attempt: number;
}

/** Every call takes these. A plain string in place of the options is the bucket. */
export interface CallOptions {
  /** Default: the connection's `defaultBucket`. */
  bucket?: string | undefined;
  /** Headers sent as they are, over those the other options make. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the call; it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Instead of the connection's number of attempts. */
  retry?: Pick<Partial<RetryOptions>, 'attempts'> | undefined;
  timeouts?: Partial<Timeouts> | undefined;
}

/** The two ways to write options: in full, or just the bucket. */
export type BucketOr<T> = string | T | undefined;

/** Conditions on the object that is read. */
export interface ReadOptions extends CallOptions {
  /** Bytes `first` to `last` (included), from `first` on, or the last `suffix` ones. */
  range?: RequestedRange | undefined;
  versionId?: string | undefined;
  /** Only the object with this ETag; another one is a `PreconditionFailed`. */
  ifMatch?: string | undefined;
  /** Only if the object has another ETag; else the status is 304. */
  ifNoneMatch?: string | undefined;
  ifModifiedSince?: Date | undefined;
  ifUnmodifiedSince?: Date | undefined;
}

/** A span of time: seconds, parts that add up, or `'max'`, a year. */
export type Expires =
  | 'max'
  | number
  | { weeks?: number; days?: number; hours?: number; minutes?: number; seconds?: number };

/** What is stored beside an object's bytes. */
export interface ObjectOptions extends CallOptions {
  /** Default: guessed from the key's extension, else `application/octet-stream`. */
  contentType?: string | undefined;
  /** User metadata; names may have the `x-amz-meta-` prefix. Any text comes back as it was given. */
  metadata?: Readonly<Record<string, string>> | undefined;
  /** Readable by everyone (`x-amz-acl: public-read`). Default false. */
  public?: boolean | undefined;
  /** How long caches may keep it: `Cache-Control: max-age=N, public` or `private`. Default: no such header. */
  expires?: Expires | undefined;
  storageClass?: string | undefined;
}

/** How far a transfer is. */
export interface Progress {
  /** Bytes that are where they belong. */
  readonly loaded: number;
  /** Bytes in all, where that is known before the end. */
  readonly total: number | undefined;
  /** Parts that are where they belong; 0 for a transfer in one piece. */
  readonly parts: number;
}

/** How large transfers are divided. */
export interface PartOptions {
  /**
   * Bytes in a part, 5 MiB to 5 GiB; more where an object would have more than 10,000 parts. Default 8 MiB. An upload
   * holds as much as that in memory for each part in flight.
   */
  partSize?: number | undefined;
  /** Most parts in flight. Default 4. */
  concurrency?: number | undefined;
  /** Bytes from which on, exclusive, an object is sent in parts. `Infinity`: never. Default 16 MiB. */
  multipartThreshold?: number | undefined;
}

export interface UploadOptions extends ObjectOptions, PartOptions {
  /** Bytes in the body, for a stream whose length is known. Held to: more or fewer is an error. */
  contentLength?: number | undefined;
  /** Only if the object there has this ETag. */
  ifMatch?: string | undefined;
  /** `'*'`: only if there is no object yet. */
  ifNoneMatch?: string | undefined;
  checksum?: ChecksumAlgorithm | false | undefined;
  /** The object's tags, by name. */
  tags?: Readonly<Record<string, string>> | undefined;
  /** Called after each part, and at the end of what is sent in one piece. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** Options from a call's last argument. */
export function callOptions<T extends CallOptions>(options: BucketOr<T>): T {
  return (typeof options === 'string' ? { bucket: options } : (options ?? {})) as T;
}
