import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { Connection } from '../../src/client/connection.ts';

/** Empty buckets for tests. Making one is slow on real servers, so a bucket is emptied and given to the next test. */
export interface EmptyBuckets {
  /** A bucket for this test alone. */
  take(t: TestContext): Promise<string>;
  /** Deletes them all. */
  close(): Promise<void>;
}

export function emptyBuckets(conn: Connection): EmptyBuckets {
  const free: string[] = [];
  return {
    async take(t) {
      const bucket = free.pop() ?? (await make(conn));
      t.after(async () => {
        await empty(conn, bucket);
        free.push(bucket);
      });
      return bucket;
    },
    async close() {
      await Promise.all(free.splice(0).map((bucket) => conn.deleteBucket(bucket)));
    },
  };
}

async function make(conn: Connection): Promise<string> {
  const bucket = `minis3-${randomBytes(8).toString('hex')}`;
  await conn.createBucket(bucket);
  return bucket;
}

async function empty(conn: Connection, bucket: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of conn.list('', bucket)) keys.push(key);
  const { errors } = await conn.deleteMany(keys, bucket);
  if (errors.length > 0) throw new Error(`${bucket} could not be emptied: ${errors[0]?.code}`);
}
