import { type RetryKind, retryDelay, retryKind } from '../http/retry.ts';
import { deleteObjects } from '../operations/batch-delete.ts';
import { S3Error } from '../protocol/error.ts';
import { isXmlText } from '../protocol/xml-writer.ts';
import { deleteKey } from './delete.ts';
import { type Run, unlimited } from './jobs.ts';
import { checkKey } from './names.ts';
import type { CallOptions } from './options.ts';
import { parallel } from './parallel.ts';
import type { Sender } from './send.ts';
import { mergeRetry } from './settings.ts';

/** An object to delete. */
export interface ObjectToDelete {
  readonly key: string;
  /** Deletes this version for good, instead of hiding the object behind a delete marker. */
  readonly versionId?: string | undefined;
  /** Only the object with this ETag. */
  readonly ifMatch?: string | undefined;
}

export interface DeleteManyOptions extends CallOptions {
  /** Requests at a time. Default 4. */
  concurrency?: number | undefined;
}

/** What became of every object. */
export interface DeleteManyResult {
  readonly deleted: Pick<ObjectToDelete, 'key' | 'versionId'>[];
  readonly errors: (Pick<ObjectToDelete, 'key' | 'versionId'> & {
    readonly code: string;
    readonly message: string;
  })[];
}

/** By what tells them apart. */
type Batch = Map<string, ObjectToDelete>;

/** S3's own bound. */
const batchSize = 1000;

/**
 * Deletes any number of objects in batches, each with an outcome of its own. Those that failed for a reason that may
 * pass are sent again, as often as requests are. Keys with characters that XML cannot carry are deleted one by one.
 *
 * @param run starts each request
 * @throws {S3Error} a batch as a whole was refused; those on their way have ended
 */
export async function deleteMany(
  sender: Sender,
  keys: Iterable<string | ObjectToDelete> | AsyncIterable<string | ObjectToDelete>,
  options: DeleteManyOptions,
  run: Run = unlimited.run,
): Promise<DeleteManyResult> {
  const { concurrency = 4, signal } = options;
  const { clock, retry } = sender.settings;
  if (typeof keys === 'string') throw new TypeError('deleteMany takes a list of keys');
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError('concurrency must be an integer from 1');
  }
  const bucket = sender.bucket(options.bucket);
  const { attempts } = mergeRetry(retry, options.retry);
  const result: DeleteManyResult = { deleted: [], errors: [] };

  async function deleteBatch(left: Batch, stopped: AbortSignal): Promise<void> {
    for (let attempt = 1; left.size > 0; attempt++) {
      const objects = [...left.values()].map(({ key, versionId, ifMatch }) => ({
        key,
        versionId,
        etag: ifMatch,
      }));
      const answer = await run(
        () => sender.send(deleteObjects, { bucket, delete: { objects } }, options),
        signal,
      );
      for (const each of answer.deleted) {
        const object = take(left, each.key, each.versionId);
        if (object) result.deleted.push(named(object));
      }
      const again: Batch = new Map();
      let wait: RetryKind | undefined;
      for (const { key = '', versionId, code = 'InternalError', message = '' } of answer.errors) {
        const object = take(left, key, versionId);
        const kind = object && attempt < attempts ? retryKind(200, code) : undefined;
        if (object && kind) again.set(identity(object), object);
        else result.errors.push({ ...named(object ?? { key, versionId }), code, message });
        if (wait !== 'throttling') wait = kind ?? wait;
      }
      // Not being told is not the same as deleted.
      for (const object of left.values()) {
        const message = 'The answer does not mention this key';
        result.errors.push({ ...named(object), code: 'BadResponse', message });
      }
      left = again;
      if (wait) await clock.sleep(retryDelay(attempt - 1, wait, clock.random()), stopped);
    }
  }

  async function deleteOne(object: ObjectToDelete): Promise<void> {
    try {
      await run(() => deleteKey(sender, object.key, { ...options, ...object }), signal);
      result.deleted.push(named(object));
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      result.errors.push({ ...named(object), code: error.code, message: error.message });
    }
  }

  await parallel(
    batches(keys),
    concurrency,
    (work, stopped) => (work instanceof Map ? deleteBatch(work, stopped) : deleteOne(work)),
    signal,
  );
  return result;
}

/** Batches for one request each; alone, what XML cannot carry. */
async function* batches(
  keys: Iterable<string | ObjectToDelete> | AsyncIterable<string | ObjectToDelete>,
): AsyncGenerator<Batch | ObjectToDelete> {
  let batch: Batch = new Map();
  for await (const given of keys) {
    const object = typeof given === 'string' ? { key: given } : given;
    checkKey(object?.key);
    if (!isXmlText(object.key)) {
      yield object;
      continue;
    }
    batch.set(identity(object), object);
    if (batch.size < batchSize) continue;
    yield batch;
    batch = new Map();
  }
  if (batch.size > 0) yield batch;
}

function identity({ key, versionId = '' }: ObjectToDelete): string {
  return `${versionId} ${key}`;
}

/** The object an answer speaks of, if it is one that was asked for. */
function take(left: Batch, key = '', versionId?: string): ObjectToDelete | undefined {
  const exact = identity({ key, versionId });
  const id = left.has(exact) ? exact : identity({ key });
  const object = left.get(id);
  left.delete(id);
  return object;
}

function named({ key, versionId }: ObjectToDelete): Pick<ObjectToDelete, 'key' | 'versionId'> {
  return versionId === undefined ? { key } : { key, versionId };
}
