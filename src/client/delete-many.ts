import { deleteObjects } from '../operations/batch-delete.ts';
import { S3Error } from '../protocol/error.ts';
import { isXmlText } from '../protocol/xml-writer.ts';
import { deleteKey } from './delete.ts';
import { checkKey } from './names.ts';
import type { CallOptions } from './options.ts';
import type { Sender } from './send.ts';

/** What became of every key. */
export interface DeleteManyResult {
  readonly deleted: { readonly key: string }[];
  readonly errors: { readonly key: string; readonly code: string; readonly message: string }[];
}

/** S3's own bound. */
const batchSize = 1000;

/**
 * Deletes any number of objects in batches, each key with an outcome of its own. Keys with characters that XML cannot
 * carry are deleted one by one.
 *
 * @throws {S3Error} a batch as a whole was refused
 */
export async function deleteMany(
  sender: Sender,
  keys: Iterable<string> | AsyncIterable<string>,
  options: CallOptions,
): Promise<DeleteManyResult> {
  if (typeof keys === 'string') throw new TypeError('deleteMany takes a list of keys');
  const result: DeleteManyResult = { deleted: [], errors: [] };
  let batch: string[] = [];
  for await (const key of keys) {
    checkKey(key);
    if (isXmlText(key)) batch.push(key);
    else await deleteOne(sender, key, options, result);
    if (batch.length === batchSize) {
      await deleteBatch(sender, batch, options, result);
      batch = [];
    }
  }
  if (batch.length > 0) await deleteBatch(sender, batch, options, result);
  return result;
}

async function deleteBatch(
  sender: Sender,
  keys: readonly string[],
  options: CallOptions,
  result: DeleteManyResult,
): Promise<void> {
  const objects = [...new Set(keys)].map((key) => ({ key }));
  const answer = await sender.send(deleteObjects, { bucket: options.bucket, delete: { objects } }, options);
  const left = new Set(keys);
  for (const { key = '' } of answer.deleted) if (left.delete(key)) result.deleted.push({ key });
  for (const { key = '', code = 'InternalError', message = '' } of answer.errors) {
    left.delete(key);
    result.errors.push({ key, code, message });
  }
  // Not being told is not the same as deleted.
  for (const key of left)
    result.errors.push({ key, code: 'BadResponse', message: 'The answer does not mention this key' });
}

async function deleteOne(
  sender: Sender,
  key: string,
  options: CallOptions,
  result: DeleteManyResult,
): Promise<void> {
  try {
    await deleteKey(sender, key, options);
    result.deleted.push({ key });
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    result.errors.push({ key, code: error.code, message: error.message });
  }
}
