import { randomBytes } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import type { Connection } from '../../src/client/connection.ts';
import { badInputTests } from './bad-input.ts';
import { bodyTests } from './bodies.ts';
import { bucketTests } from './buckets.ts';
import { copyTests } from './copying.ts';
import { deleteTests } from './deleting.ts';
import { errorTests } from './errors.ts';
import { reasonToSkip } from './exceptions.ts';
import { keyTests } from './keys.ts';
import { listTests } from './listing.ts';
import { metadataTests } from './metadata.ts';
import { operationTests } from './operations.ts';
import { presignTests } from './presigning.ts';
import { readTests } from './reading.ts';
import type { Subject } from './subject.ts';

/** What a test of the suite is given. */
export interface Case {
  readonly conn: Connection;
  /** Makes a bucket that is emptied and deleted when the test is over. */
  bucket(): Promise<string>;
}

/** Defines a test, or shows it as skipped with the reason from the table of exceptions. */
export type Define = (name: string, body: (given: Case) => Promise<void>) => void;

/** One family of tests: what is tested together. */
export type Family = (define: Define, subject: Subject) => void;

const families: readonly [name: string, family: Family][] = [
  ['buckets', bucketTests],
  ['bodies', bodyTests],
  ['reading', readTests],
  ['metadata', metadataTests],
  ['listing', listTests],
  ['deleting', deleteTests],
  ['copying', copyTests],
  ['keys', keyTests],
  ['presigning', presignTests],
  ['operations', operationTests],
  ['errors', errorTests],
  ['bad input', badInputTests],
];

/**
 * The conformance suite: every promise of a Connection, held against one server in one way of speaking to it. The full
 * name of a test, by which an exception names it, is `family: name`.
 */
export function conformance(name: string, subject: Subject): void {
  describe(name, () => {
    const conn = subject.connect();
    for (const [familyName, family] of families) {
      describe(familyName, () => {
        family((testName, body) => {
          const skip = reasonToSkip(subject, `${familyName}: ${testName}`) ?? false;
          test(testName, { skip }, (t) => body({ conn, bucket: () => freshBucket(t, conn) }));
        }, subject);
      });
    }
  });
}

/** The full names of all tests of the suite for a subject. */
export function testNames(subject: Subject): string[] {
  const names: string[] = [];
  for (const [familyName, family] of families) {
    family((name) => names.push(`${familyName}: ${name}`), subject);
  }
  return names;
}

async function freshBucket(t: TestContext, conn: Connection): Promise<string> {
  const bucket = `minis3-${randomBytes(8).toString('hex')}`;
  await conn.createBucket(bucket);
  t.after(() => removeBucket(conn, bucket));
  return bucket;
}

async function removeBucket(conn: Connection, bucket: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of conn.list('', bucket)) keys.push(key);
  const { errors } = await conn.deleteMany(keys, bucket);
  if (errors.length > 0) throw new Error(`${bucket} could not be emptied: ${errors[0]?.code}`);
  await conn.deleteBucket(bucket);
}
