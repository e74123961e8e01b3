import { allCompleted, asCompleted, type Completed, type CompletedOptions } from './completed.ts';
import { Connection, type ConnectionArguments, connectionOptions } from './connection.ts';
import { type Limiter, limiter } from './limiter.ts';
import { type Mapped, mapSettled } from './map-settled.ts';
import type { BucketOr, ConnectionOptions } from './options.ts';
import type { Platform } from './settings.ts';

export interface PoolOptions extends ConnectionOptions {
  /** Operations in flight. Default 5. */
  size?: number | undefined;
  /**
   * Most connections open at once. Default: two for each of `size`, as an operation may send parts side by side and an
   * answer keeps its own until it is read, and at least 64. Node only; elsewhere the runtime decides.
   */
  sockets?: number | undefined;
}

/** What `new Pool` takes: options, or the keys and then options (or the default bucket, as tinys3 does). */
export type PoolArguments =
  | [options?: PoolOptions]
  | [accessKey: string, secretKey: string, options?: BucketOr<PoolOptions>];

/**
 * A connection with so many operations in flight and no more. Every method returns its promise at once; the operation
 * begins, and reads its first byte, when its turn has come, in the order of the calls. It then holds its place until
 * the promise settles, a `get` until its headers are there, a list for each page, `deleteMany` for each request. Its
 * `signal` takes a call back that still waits. A body must not be made by further calls of the same pool.
 *
 * A promise that nobody waits for may fail: that is no unhandled rejection.
 */
export class Pool extends Connection {
  /** Operations in flight. */
  readonly size: number;
  readonly #limiter: Limiter;
  readonly #disconnect: () => void;
  #closed: Promise<void> | undefined;

  constructor(platform: Platform, args: PoolArguments) {
    const { size = 5 } = connectionOptions(args as ConnectionArguments) as PoolOptions;
    if (!Number.isInteger(size) || size < 1) throw new RangeError('size must be an integer from 1');
    const limit = limiter(size);
    let own: ReturnType<Platform['transport']> | undefined;
    const transport: Platform['transport'] = (options) => {
      own = platform.transport(options, Math.max(64, 2 * size));
      return own;
    };
    super({ ...platform, transport }, args as ConnectionArguments, limit);
    this.size = size;
    this.#limiter = limit;
    this.#disconnect = () => own?.close?.();
  }

  /**
   * Gives promises (of this pool or others) as they settle. One that failed is given like any other, its `result()`
   * throws.
   *
   * @throws {DOMException} `TimeoutError`: they did not all settle within `timeout` milliseconds of the first `next()`.
   */
  asCompleted<T>(
    futures: Iterable<T>,
    options?: CompletedOptions,
  ): AsyncGenerator<Completed<Awaited<T>>, void, undefined> {
    return asCompleted(futures, options);
  }

  /**
   * What promises (of this pool or others) give, in their order. Throws the first failure in that order.
   *
   * @throws {DOMException} `TimeoutError`: they did not all settle within `timeout` milliseconds.
   */
  allCompleted<T>(futures: Iterable<T>, options?: CompletedOptions): Promise<Awaited<T>[]> {
    return allCompleted(futures, options);
  }

  /**
   * Runs `job` over any number of inputs, `size` of them at a time, and gives what became of each as it is known; one
   * that failed is given like any other, its `result()` throws. Inputs are pulled as jobs end and as results are taken,
   * of which at most `2 * size` wait. Jobs call this pool as they like.
   *
   * A failure of the source, `signal` and `close` end the pulling and are thrown when the jobs that run have ended. Leaving the
   * iteration early closes the source and waits for these jobs too.
   */
  map<Input, T>(
    inputs: Iterable<Input> | AsyncIterable<Input>,
    job: (input: Input) => T,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<Mapped<Input, Awaited<T>>, void, undefined> {
    return mapSettled(inputs, this.size, job, signal, this.#limiter.check);
  }

  /**
   * Refuses calls from now on; those made before go on. Resolves when they have ended, at once with `wait: false`. Then
   * the unused connections are closed, unless they belong to a transport of the caller's; bodies can still be read.
   */
  async close({ wait = true }: { wait?: boolean } = {}): Promise<void> {
    this.#closed ??= this.#limiter.close().then(this.#disconnect);
    if (wait) await this.#closed;
  }

  /** Leaving `await using` waits for all calls to end. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
