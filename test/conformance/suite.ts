import { after, describe, test } from 'node:test';
import type { Connection } from '../../src/client/connection.ts';
import { badInputTests } from './bad-input.ts';
import { bodyTests } from './bodies.ts';
import { bucketTests } from './buckets.ts';
import { copyTests } from './copying.ts';
import { deleteTests } from './deleting.ts';
import { emptyBuckets } from './empty-buckets.ts';
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
  /** An empty bucket for this test alone. */
  bucket(): Promise<string>;
}

/** Defines a test (about a key, where it is), or shows it as skipped with the reason from the table of exceptions. */
export type Define = (name: string, body: (given: Case) => Promise<void>, key?: string) => void;

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
    const buckets = emptyBuckets(conn);
    after(() => buckets.close());
    for (const [familyName, family] of families) {
      describe(familyName, () => {
        family((testName, body, key) => {
          const skip = reasonToSkip(subject, `${familyName}: ${testName}`, key) ?? false;
          test(testName, { skip }, (t) => body({ conn, bucket: () => buckets.take(t) }));
        }, subject);
      });
    }
  });
}

/** What the table of exceptions may name: the full names of all tests, and the keys they are about. */
export function testNames(subject: Subject): [name: string, key: string | undefined][] {
  const names: [string, string | undefined][] = [];
  for (const [familyName, family] of families) {
    family((name, _, key) => names.push([`${familyName}: ${name}`, key]), subject);
  }
  return names;
}
