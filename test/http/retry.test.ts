import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRetryAfter, retryBudget, retryDelay, retryKind } from '../../src/http/retry.ts';

const throttling =
  'SlowDown SlowDownRead SlowDownWrite ServerBusy Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException RequestLimitExceeded BandwidthLimitExceeded LimitExceededException TooManyRequestsException ProvisionedThroughputExceededException TransactionInProgressException PriorRequestNotComplete EC2ThrottledException';
const transient = 'InternalError ServiceUnavailable RequestTimeout RequestTimeoutException TimeoutError';
const never =
  'NoSuchKey AccessDenied InvalidAccessKeyId SignatureDoesNotMatch PreconditionFailed ConditionalRequestConflict ExpiredToken RequestTimeTooSkewed EntityTooLarge constructor';

test('retryKind by code', () => {
  for (const code of throttling.split(' ')) assert.equal(retryKind(503, code), 'throttling', code);
  for (const code of throttling.split(' ')) assert.equal(retryKind(400, code), 'throttling', code);
  for (const code of transient.split(' ')) assert.equal(retryKind(400, code), 'transient', code);
  // An error inside a 200.
  for (const code of transient.split(' ')) assert.equal(retryKind(200, code), 'transient', code);
  for (const code of never.split(' ')) assert.equal(retryKind(400, code), undefined, code);
});

test('retryKind by status', () => {
  for (const status of [500, 502, 503, 504, 509, 520, 408]) assert.equal(retryKind(status), 'transient');
  assert.equal(retryKind(429), 'throttling');
  for (const status of [301, 304, 307, 400, 403, 404, 405, 409, 411, 412, 416, 501]) {
    assert.equal(retryKind(status), undefined, String(status));
  }
  assert.equal(retryKind(501, 'SlowDown'), undefined);
});

test('retryDelay', () => {
  const full = 1;
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => retryDelay(i, 'transient', full)),
    [50, 100, 200, 400],
  );
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => retryDelay(i, 'throttling', full)),
    [500, 1000, 2000, 4000],
  );
  assert.equal(retryDelay(30, 'transient', full), 20_000);
  assert.equal(retryDelay(3, 'transient', 0), 0);
  assert.equal(retryDelay(0, 'transient', 0.5, 1000), 1000);
  assert.equal(retryDelay(0, 'transient', 0.5, 60_000), 5025);
  assert.equal(retryDelay(3, 'throttling', 0.5, 1000), 2000);
});

test('retryDelay is never negative nor beyond its bounds', () => {
  fc.assert(
    fc.property(
      fc.nat(2000),
      fc.constantFrom('transient' as const, 'throttling' as const),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.option(fc.nat(), { nil: undefined }),
      (attempt, kind, random, hint) => {
        const delay = retryDelay(attempt, kind, random, hint);
        assert(delay >= 0 && delay <= 25_000);
      },
    ),
  );
});

test('parseRetryAfter', () => {
  const now = Date.UTC(2026, 10, 22, 12, 0, 0);
  const cases: [Record<string, string>, number | undefined][] = [
    [{}, undefined],
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:07 GMT' }, 7000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'x-amz-retry-after': '250', 'retry-after': '3' }, 250],
    [{ 'x-amz-retry-after': 'x', 'retry-after': '3' }, 3000],
  ];
  for (const [headers, expected] of cases) assert.equal(parseRetryAfter(headers, now), expected);
});

test('retryBudget stops when it is empty and fills up again', () => {
  const budget = retryBudget(20);
  assert.equal(budget.spend('transient'), 14);
  assert.equal(budget.spend('transient'), 0);
  assert.equal(budget.spend('throttling'), 5);
  assert.equal(budget.spend('throttling'), 0);
  budget.refund(14);
  assert.equal(budget.spend('transient'), 14);
  for (let i = 0; i < 100; i++) budget.refund(1);
  assert.deepEqual(
    [budget.spend('transient'), budget.spend('throttling'), budget.spend('throttling')],
    [14, 5, 0],
  );
  assert.equal(retryBudget(0).spend('throttling'), 0);
});
