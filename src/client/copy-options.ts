import type { ObjectOptions, PartOptions, UploadOptions } from './options.ts';

export interface CopyOptions extends Omit<ObjectOptions, 'bucket'>, PartOptions {
  fromKey: string;
  /** Default: the connection's default bucket. */
  fromBucket?: string | undefined;
  /** A version of the source, instead of the current one. */
  fromVersionId?: string | undefined;
  toKey: string;
  /** Default: the source's bucket. */
  toBucket?: string | undefined;
  /** Only while the source has this ETag. */
  ifMatch?: string | undefined;
  /** `'*'`: only if there is no object yet where the copy goes. */
  ifNoneMatch?: string | undefined;
  /** The copy's tags, by name. Default: the source's. */
  tags?: UploadOptions['tags'];
  /**
   * Bytes from which on, exclusive, the copy is made in parts. The source is then asked for its size first. Default:
   * what the server takes in one piece, 5 GiB on AWS.
   */
  multipartThreshold?: number | undefined;
  /** Bytes in a part, 5 MiB to 5 GiB. Default 128 MiB. */
  partSize?: number | undefined;
  /** Most parts in the making. Default 4. */
  concurrency?: number | undefined;
  /**
   * Given `metadata`, `contentType` or `expires`: the copy has these and nothing else of that kind. Default false: what
   * is not given stays as it is at the source.
   */
  replace?: boolean | undefined;
}
