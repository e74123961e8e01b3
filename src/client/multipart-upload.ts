import type { BodyInput } from '../http/body.ts';
import type { Content } from '../http/content.ts';
import { S3Error } from '../protocol/error.ts';
import { abortUpload } from './abort-upload.ts';
import { type CompleteOptions, completeUpload } from './complete-upload.ts';
import { type Connected, inside } from './connected.ts';
import { createObjectUpload } from './create-upload.ts';
import { type FinishOptions, finishUpload } from './finish-upload.ts';
import type { Run } from './jobs.ts';
import { listParts, type UploadedPart } from './list-parts.ts';
import { checkBucket, checkKey } from './names.ts';
import { chooseContentType } from './object-headers.ts';
import { openSource, type UploadSource } from './open-source.ts';
import { type OpenUpload, partCall } from './open-upload.ts';
import {
  type BucketOr,
  type CallOptions,
  callOptions,
  type Progress,
  type UploadOptions,
} from './options.ts';
import { checkPartOptions, planParts } from './part-plan.ts';
import { progressEvents } from './progress-events.ts';
import { bareEtag } from './response.ts';
import type { Stored } from './stored.ts';
import { uploadPart } from './upload-parts.ts';
import { readUploadToken, type UploadToken } from './upload-token.ts';

export interface MultipartUploadOptions extends Omit<UploadOptions, 'multipartThreshold'> {
  /**
   * What was sent stays at the server when the upload fails, or is disposed of before it is done, so that `resume` can
   * go on with it. The server keeps it, and has it paid for, until it is resumed or aborted. Default false.
   */
  leaveParts?: boolean | undefined;
}

/** How to go on; what the object is was said at the start. */
export type ResumeOptions = Omit<CallOptions, 'bucket'> & FinishOptions;

/**
 * An upload in parts. Made by `start` or `resume` it sends its source at once, and `done` tells how that ends. Made by
 * `initiateMultipartUpload`, or found by `listMultipartUploads`, it has the parts that `uploadPart` sends, and `done`
 * completes it. `await using` aborts an upload that is not done when the block is left.
 */
export class MultipartUpload implements AsyncDisposable {
  readonly #conn: Connected;
  readonly #upload: OpenUpload;
  readonly #initiated: Date | undefined;
  readonly #stop = new AbortController();
  readonly #events = progressEvents();
  #token: Pick<UploadToken, 'partSize' | 'size' | 'modified'>;
  #leaveParts = false;
  #running: Promise<Stored> | undefined;
  /** Stored, aborted or left: nothing is to be done at the end of a block. */
  #over = false;

  /** @internal `start`, `resume` and the calls of a connection make uploads. */
  constructor(conn: Connected, upload: OpenUpload, initiated?: Date) {
    this.#conn = conn;
    this.#upload = upload;
    this.#initiated = initiated;
    this.#token = planParts(conn[inside].sender.settings.endpoint.hostname, undefined);
  }

  /**
   * Begins an upload and goes on with it in the background. Resolves when the server has begun it too.
   *
   * @param source the path or URL of a file, which is closed in the end, or any body but a string
   * @throws {TypeError} a path where the runtime has no files
   */
  static async start(
    conn: Connected,
    source: UploadSource,
    key: string,
    options?: BucketOr<MultipartUploadOptions>,
  ): Promise<MultipartUpload> {
    const given = callOptions(options);
    const { sender } = conn[inside];
    checkKey(key);
    checkPartOptions(given);
    sender.bucket(given.bucket);
    const content = await openSource(sender.settings.files, source, given.contentLength);
    return MultipartUpload.#launch(conn, content, given.partSize, given, async (run) => {
      const create = async () => {
        const contentType = await chooseContentType(key, given, source);
        return createObjectUpload(sender, key, { ...given, contentType });
      };
      return { upload: await run(create, given.signal) };
    });
  }

  /**
   * Goes on with an upload from its `state()`, maybe of another process: asks the server for the parts it has, and sends
   * those that are missing or of another size. A stream is read from its beginning, and has to give the same bytes.
   *
   * @throws {S3Error} `SourceChanged`: the source has another size or modification time than when the upload was begun;
   * `NoSuchUpload`: it was completed or aborted
   */
  static async resume(
    conn: Connected,
    state: string,
    source: UploadSource,
    options: ResumeOptions = {},
  ): Promise<MultipartUpload> {
    const { bucket, key, uploadId, partSize, checksum, size, modified } = readUploadToken(state);
    const { sender } = conn[inside];
    checkBucket(bucket);
    checkKey(key);
    checkPartOptions({ ...options, partSize });
    const content = await openSource(sender.settings.files, source);
    return MultipartUpload.#launch(conn, content, partSize, options, async (run) => {
      const changed = (was: unknown, is: unknown) => was !== undefined && was !== is;
      if (changed(size, content.size) || changed(modified, content.modified)) {
        const message = 'The source is not as it was when its upload was begun';
        throw new S3Error('SourceChanged', message, { bucket, key });
      }
      const upload = { bucket, key, uploadId, checksum, call: partCall(options) };
      const there = new Map<number, UploadedPart>();
      await run(async () => {
        for await (const part of listParts(sender, upload, options.signal)) there.set(part.partNumber, part);
      }, options.signal);
      return { upload, there };
    });
  }

  /** The whole upload is one call of the connection, whose turns its requests take. */
  static #launch(
    conn: Connected,
    content: Content,
    partSize: number | undefined,
    options: FinishOptions,
    open: (run: Run) => Promise<{ upload: OpenUpload; there?: ReadonlyMap<number, UploadedPart> }>,
  ): Promise<MultipartUpload> {
    const { sender, jobs } = conn[inside];
    const { size, modified } = content;
    return new Promise((resolve, reject) => {
      const call = jobs.spread(async (run) => {
        const plan = planParts(sender.settings.endpoint.hostname, size, partSize);
        const { upload, there } = await open(run);
        const self = new MultipartUpload(conn, upload);
        self.#token = { partSize: plan.partSize, size, modified };
        self.#leaveParts = options.leaveParts ?? false;
        const linked = self.#link(options);
        self.#running = finishUpload(sender, upload, content, plan, linked, { there, run }).finally(() => {
          self.#end();
          options.signal?.removeEventListener('abort', linked.stop);
        });
        resolve(self);
        // A failure is for whoever asks for it.
        await self.#running.catch(() => {});
      });
      call.catch(async (error) => {
        await content.close();
        reject(error);
      });
    });
  }

  /** The options with ears for `abort` and `progress`. */
  #link(options: FinishOptions): FinishOptions & { stop(): void } {
    const { signal, onProgress } = options;
    const stop = () => this.#stop.abort(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    return {
      ...options,
      signal: this.#stop.signal,
      stop,
      onProgress: (progress) => {
        this.#events.add(progress);
        onProgress?.(progress);
      },
    };
  }

  get bucket(): string {
    return this.#upload.bucket;
  }

  get key(): string {
    return this.#upload.key;
  }

  /** The server's name for it. */
  get uploadId(): string {
    return this.#upload.uploadId;
  }

  /** When it was begun, of an upload that was listed. */
  get initiated(): Date | undefined {
    return this.#initiated;
  }

  /** How far `start` or `resume` is; ends with the upload. A slow reader misses what is outdated by then. */
  get progress(): AsyncIterable<Progress> {
    return this.#events;
  }

  /**
   * The object, once all of the source is stored, or once the parts sent by `uploadPart` are made one.
   *
   * @throws what went wrong first; the upload has been aborted then, unless its parts are to be left. The reason of the
   * signal; an `AbortError` after `abort()`.
   */
  done(): Promise<Stored> {
    return this.completeUpload();
  }

  /**
   * Stops what is on its way and throws away what was sent. Without effect on an upload that is done.
   *
   * @throws {S3Error} the server did not do so
   */
  async abort(): Promise<void> {
    this.#stop.abort(new DOMException('The upload was aborted', 'AbortError'));
    if (await this.#running?.catch(() => undefined)) return;
    await abortUpload(this.#conn[inside].sender, this.#upload);
    this.#end();
  }

  /**
   * What `resume` needs to go on with this upload, in this process or another one: text without secrets. It stays the
   * same while the upload goes on.
   */
  state(): string {
    const { bucket, key, uploadId, checksum } = this.#upload;
    const { partSize, size, modified } = this.#token;
    const token: UploadToken = { version: 1, bucket, key, uploadId, partSize, checksum, size, modified };
    return JSON.stringify(token);
  }

  /** Aborts what is not done, or with `leaveParts` only stops it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over) return;
    if (!this.#leaveParts) return this.abort().catch(() => {});
    this.#stop.abort(new DOMException('The upload was left', 'AbortError'));
    await this.#running?.catch(() => {});
  }

  // --- the upload's parts one by one, as tinys3 has them

  /** Sends a part of at least 5 MiB, but for the last; a part sent before under this number is replaced. */
  async uploadPart(
    partNumber: number,
    body: BodyInput,
    options: Pick<UploadOptions, 'contentLength' | 'headers' | 'signal'> = {},
  ): Promise<Stored> {
    if (!(Number.isInteger(partNumber) && partNumber >= 1 && partNumber <= 10_000))
      throw new RangeError('partNumber must be a whole number from 1 to 10,000');
    const { sender, jobs } = this.#conn[inside];
    const stopped = this.#stop.signal;
    const signal = options.signal ? AbortSignal.any([options.signal, stopped]) : stopped;
    const send = () => uploadPart(sender, this.#upload, partNumber, body, { ...options, signal });
    return jobs.run(send, signal);
  }

  /** The parts that the server has, in the order of their numbers. */
  async *listParts({
    signal,
  }: Pick<CallOptions, 'signal'> = {}): AsyncGenerator<UploadedPart, void, undefined> {
    for await (const part of listParts(this.#conn[inside].sender, this.#upload, signal)) {
      yield { ...part, etag: bareEtag(part.etag) as string };
    }
  }

  /** How many parts the server has. */
  async numberOfParts(options?: Pick<CallOptions, 'signal'>): Promise<number> {
    let count = 0;
    for await (const _ of this.listParts(options)) count++;
    return count;
  }

  /** Makes the object of the parts that the server has; where the upload sends a source, waits for that. */
  completeUpload(options: CompleteOptions = {}): Promise<Stored> {
    if (this.#running) return this.#running;
    const running = this.#conn[inside].jobs.run(() => this.#complete(options), options.signal);
    this.#running = running;
    running.catch((error) => {
      // A part may be missing: it can be sent, and the upload completed again.
      this.#running = undefined;
      if (error instanceof S3Error && error.code === 'UnknownOutcome') this.#end();
    });
    return running;
  }

  async #complete(options: CompleteOptions): Promise<Stored> {
    const { sender } = this.#conn[inside];
    const parts: UploadedPart[] = [];
    for await (const part of listParts(sender, this.#upload, options.signal)) parts.push(part);
    if (parts.length === 0) throw new TypeError('The upload has no parts');
    const result = await completeUpload(sender, this.#upload, parts, options);
    this.#end();
    return result;
  }

  /** The same as `abort`. */
  cancelUpload(): Promise<void> {
    return this.abort();
  }

  /** For logs. */
  toJSON(): Record<string, unknown> {
    const { bucket, key, uploadId } = this.#upload;
    return { bucket, key, uploadId };
  }

  #end(): void {
    this.#over = true;
    this.#events.end();
  }
}
