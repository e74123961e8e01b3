/**
 * A request that S3 refused or that could not be carried out. Decide by `code`, never by the message, whose wording
 * is each server's own. Holds no keys, tokens, signatures or signed URLs.
 */
export class S3Error extends Error {
  override get name(): string {
    return 'S3Error';
  }
  /**
   * S3's own code ({@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html the list}), one after
   * the status for answers without a body (`NotFound`, `Forbidden`, `PreconditionFailed` ...), or the client's:
   * - `NetworkError`: no connection, or it broke; `cause` says how
   * - `Timeout`: one of the `timeouts` ran out
   * - `BadResponse`: the server did not answer as S3 does: cut off, not XML, another range than asked for
   * - `ChecksumMismatch`: the bytes that came are not those that were stored
   * - `SourceChanged`: a transfer cannot be gone on with, as its source is not what it was
   * - `UnknownOutcome`: the answer that completes an upload got lost, and what is at the server does not tell whether
   *   the object was stored; the upload has not been aborted
   */
  readonly code: string;
  /** HTTP status; undefined when there was no answer. An error inside a 200 has the status 200. */
  readonly status: number | undefined;
  /** What the server calls this request: the thing to tell its support. */
  readonly requestId: string | undefined;
  readonly hostId: string | undefined;
  /** Name of the S3 operation, such as `GetObject`. */
  readonly operation: string | undefined;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** How often the request was sent; 0 when it never was. */
  readonly attempts: number;
  /** The same request may succeed later. The client has already repeated it as often as it was told to. */
  readonly retryable: boolean;
  /** The region the server wanted instead of the one given. */
  readonly region: string | undefined;
  /** What else the server said, by element name: `BucketName`, `ActualObjectSize`, `Condition` ... No prototype. */
  readonly details: Readonly<Record<string, string>>;

  constructor(code: string, message: string, facts: S3ErrorFacts = {}) {
    super(compose(code, message, facts), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.hostId = facts.hostId;
    this.operation = facts.operation;
    this.bucket = facts.bucket;
    this.key = facts.key;
    this.attempts = facts.attempts ?? 0;
    this.retryable = facts.retryable ?? false;
    this.region = facts.region;
    this.details = facts.details ?? Object.create(null);
  }

  /** For logs: every field but the stack and the cause. */
  toJSON(): Record<string, unknown> {
    return { ...(this as object), name: this.name, message: this.message };
  }
}

/** What is known about a failure besides its code and message; see the fields of {@link S3Error}. */
export interface S3ErrorFacts {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly hostId?: string | undefined;
  readonly operation?: string | undefined;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  readonly attempts?: number | undefined;
  readonly retryable?: boolean | undefined;
  readonly region?: string | undefined;
  readonly details?: Readonly<Record<string, string>> | undefined;
  readonly cause?: unknown;
}

/** A code for answers that bring none: those to HEAD, 304, and gateways' own. `Http418` where there is no name. */
export function errorCodeForStatus(status: number): string {
  return codes[status] ?? `Http${status}`;
}

const codes: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  304: 'NotModified',
  307: 'TemporaryRedirect',
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  411: 'MissingContentLength',
  412: 'PreconditionFailed',
  413: 'EntityTooLarge',
  416: 'InvalidRange',
  429: 'TooManyRequests',
  500: 'InternalError',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
};

/** `NoSuchKey: The key does not exist. (GetObject photos/a.jpg, 404, request 4442587FB7D0A2F9)` */
function compose(code: string, message: string, facts: S3ErrorFacts): string {
  const { operation, bucket, key, status, attempts = 0, requestId, region } = facts;
  const target = [bucket, key].filter((name) => name !== undefined).join('/');
  const about = [
    [operation, target].filter(Boolean).join(' '),
    status,
    attempts > 1 && `${attempts} attempts`,
    requestId && `request ${requestId}`,
  ];
  const hint = region ? `The bucket is in region ${region}.` : hints.get(code);
  const text = [
    [code, message.replace(/\w$/, '$&.') || sentences.get(code)].filter(Boolean).join(': '),
    hint,
    about.some(Boolean) && `(${about.filter(Boolean).join(', ')})`,
  ];
  // What a server or a key says must not move a terminal's cursor or start a line of its own in a log.
  return text
    .filter(Boolean)
    .join(' ')
    .replace(/[\0-\x1f\x7f-\x9f]+/g, ' ');
}

/** For servers that send a code without a message (Ceph), and answers without a body. */
const sentences: ReadonlyMap<string, string> = new Map([
  ['AccessDenied', 'Access is denied.'],
  ['Forbidden', 'Access is denied.'],
  ['NoSuchBucket', 'The bucket does not exist.'],
  ['NoSuchKey', 'The key does not exist.'],
  ['NoSuchUpload', 'The upload does not exist, or has ended.'],
  ['NotFound', 'The key or the bucket does not exist.'],
  ['PreconditionFailed', 'A condition of the request does not hold.'],
]);

/** What to do about it. */
const hints: ReadonlyMap<string, string> = new Map([
  ['AccessControlListNotSupported', 'ACLs are off on this bucket: drop public: true, use a bucket policy.'],
  ['InvalidAccessKeyId', 'Check accessKey and endpoint.'],
  ['PermanentRedirect', 'Check region and endpoint.'],
  ['RequestTimeTooSkewed', "Check this machine's clock."],
  ['SignatureDoesNotMatch', 'Check secretKey and region.'],
]);
