/**
 * Bounds on repeating a request. `attempts` counts the first one too (default 4). `budget` is the size of the token
 * bucket that all calls share (default 500): when a service is down it stops the retries, not the requests.
 */
export interface RetryOptions {
  readonly attempts: number;
  readonly budget: number;
}

/** Whether the server failed by accident or asked for fewer requests. */
export type RetryKind = 'transient' | 'throttling';

/** What an error answer says about trying again; undefined means never. `code` is S3's own, from the body. */
export function retryKind(status: number, code = ''): RetryKind | undefined {
  if (status === 501) return undefined;
  if (status === 429 || THROTTLING.test(code)) return 'throttling';
  return status >= 500 || status === 408 || TRANSIENT.test(code) ? 'transient' : undefined;
}

const THROTTLING =
  /^(SlowDown(Read|Write)?|(EC2|Request)?Thrott(ling|led)(Exception)?|((Request|Bandwidth)LimitExceeded|(LimitExceeded|TooManyRequests|ProvisionedThroughputExceeded|TransactionInProgress)Exception)|PriorRequestNotComplete|ServerBusy)$/;
const TRANSIENT = /^(InternalError|ServiceUnavailable|RequestTimeout(Exception)?|TimeoutError)$/;

/**
 * Milliseconds to wait before retry number `attempt` (the first is 0): full jitter, `random` (0 up to 1) times
 * 50 ms (throttling: 500 ms) doubled each time, at most 20 s. A server's hint lengthens it by at most 5 s.
 */
export function retryDelay(attempt: number, kind: RetryKind, random: number, retryAfter = 0): number {
  const delay = random * Math.min((kind === 'throttling' ? 500 : 50) * 2 ** attempt, 20_000);
  return Math.max(delay, Math.min(retryAfter, delay + 5_000));
}

/**
 * The wait a server asks for, in milliseconds: `x-amz-retry-after` (milliseconds) or `retry-after` (seconds, or a
 * date, [RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)). `now` is since the epoch.
 */
export function parseRetryAfter(
  headers: Readonly<Record<string, string | undefined>>,
  now: number,
): number | undefined {
  const precise = headers['x-amz-retry-after'];
  if (precise && DIGITS.test(precise)) return Number(precise);
  const hint = headers['retry-after'];
  if (!hint) return undefined;
  if (DIGITS.test(hint)) return Number(hint) * 1000;
  const date = Date.parse(hint);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const DIGITS = /^\d+$/;

/** Tokens that all calls of a client share; a retry costs 14, one after throttling 5. */
export interface RetryBudget {
  /** Takes the price of a retry and returns it; 0 when there is not enough left, and then there is no retry. */
  spend(kind: RetryKind): number;
  /** Gives tokens back: what the last retry cost when it succeeded, 1 for a call that succeeded at once. */
  refund(tokens: number): void;
}

export function retryBudget(capacity: number): RetryBudget {
  let tokens = capacity;
  return {
    spend(kind) {
      const cost = kind === 'throttling' ? 5 : 14;
      if (cost > tokens) return 0;
      tokens -= cost;
      return cost;
    },
    refund(back) {
      tokens = Math.min(capacity, tokens + back);
    },
  };
}
