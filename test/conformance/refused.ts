import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { S3Error } from '../../src/protocol/error.ts';
import type { Subject } from './subject.ts';

export interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly operation: string;
  readonly bucket?: string;
  readonly key?: string;
  /** Default 1. */
  readonly attempts?: number;
}

/** Holds that a call is refused with just these facts and a request id, and that nothing secret is told. */
export async function refused(
  subject: Subject,
  call: Promise<unknown>,
  expected: Refusal,
  secrets: readonly string[] = [],
): Promise<S3Error> {
  const error = await call.then(
    () => assert.fail(`${expected.operation} was not refused with ${expected.code}`),
    (reason) => reason,
  );
  assert.ok(error instanceof S3Error, inspect(error));
  const { code, status, operation, bucket, key, attempts } = error;
  assert.deepEqual(
    { code, status, operation, bucket, key, attempts },
    { bucket: undefined, key: undefined, attempts: 1, ...expected },
    error.message,
  );
  assert.match(error.requestId ?? '', /./);
  assertNothingSecret(error, [subject.secretKey, ...secrets]);
  return error;
}

/** Signatures under the names that headers, URLs and servers' error documents have for them. */
const telltale =
  /signature=|x-amz-signature|SignatureProvided|StringToSign|CanonicalRequest|AWS4-HMAC|AWS \w+:/i;

/** Holds that an error can be logged in any way. */
export function assertNothingSecret(error: Error, secrets: readonly string[]): void {
  const shown = [
    error.message,
    String(error.stack),
    JSON.stringify(error),
    inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
  ].join('\n');
  for (const secret of secrets) assert.ok(!shown.includes(secret), 'a secret is shown');
  assert.doesNotMatch(shown, telltale);
}
