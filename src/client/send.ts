import type { BodySource } from '../http/body.ts';
import { bodySource } from '../http/body-source.ts';
import { parseRetryAfter, type RetryBudget, retryBudget, retryDelay } from '../http/retry.ts';
import type { TransportResponse } from '../http/transport.ts';
import { buildRequest, type OperationRequest } from '../operations/build-request.ts';
import type { InputOf, Operation, OutputOf } from '../operations/operation.ts';
import { isStreamed, readResponse } from '../operations/read-response.ts';
import type { ChecksumAlgorithm } from '../protocol/checksum.ts';
import type { S3ErrorFacts } from '../protocol/error.ts';
import { emptyPayloadHash } from '../protocol/sigv4.ts';
import { canonicalQuery, encodePath } from '../protocol/uri.ts';
import { XmlError } from '../protocol/xml-reader.ts';
import type { Attempt, Correction } from './correction.ts';
import { answerFailure, exchangeFailure, type Failure, UnexpectedBody } from './failure.ts';
import { type Location, locate } from './locate.ts';
import { checkBucket, checkKey } from './names.ts';
import type { CallOptions, RequestEvent } from './options.ts';
import { type PreparedBody, prepareBody } from './prepare-body.ts';
import { checkChecksum, mergeRetry, mergeTimeouts, type Settings } from './settings.ts';
import { type Sign, signRequestV4 } from './sign.ts';

/** What a verb wants of an exchange besides its input. */
export interface Exchange<T> {
  /** Makes the result. Part of the attempt: an answer that breaks off while it is read is asked for again. */
  read(response: TransportResponse, facts: S3ErrorFacts): T | Promise<T>;
  /** 304 is an answer, not an error. */
  readonly notModified?: boolean;
  /** Instead of the connection's. */
  readonly checksum?: ChecksumAlgorithm | false | undefined;
  /** What went wrong with an earlier exchange, after so many attempts: this one waits and counts on from there. */
  readonly after?: { readonly failure: Failure; readonly attempts: number };
}

export type Call = Pick<CallOptions, 'headers' | 'signal' | 'retry' | 'timeouts'>;

/** Answers that are no streams are held in memory; none of S3's comes near this many bytes. */
const longestAnswer = 64 * 1024 * 1024;

/** Loaded with the first call that brings headers of its own. */
let addHeaders: typeof import('./extra-headers.ts').addHeaders | undefined;

/** Answers that may say what was wrong with the request. */
const mendable = new Set([301, 307, 400, 401, 403]);

/** The one road every call takes, and what is learned on it: the server's clock, the buckets' regions. */
export class Sender {
  readonly settings: Settings;
  readonly #budget: RetryBudget;
  #sign: Sign | undefined;
  #skew = 0;
  readonly #regions = new Map<string, string>();
  readonly #locations = new Map<string | undefined, Location>();

  constructor(settings: Settings) {
    this.settings = settings;
    this.#budget = retryBudget(settings.retry.budget);
    this.#sign = settings.version === 's3v4' ? signRequestV4 : undefined;
  }

  /** The server's time, in milliseconds since the epoch. */
  now(): number {
    return this.settings.clock.now() + this.#skew;
  }

  location(bucket: string | undefined): Location {
    let location = this.#locations.get(bucket);
    if (location === undefined) {
      const { endpoint, region, pathStyle } = this.settings;
      location = locate(endpoint, bucket, (bucket && this.#regions.get(bucket)) ?? region, pathStyle);
      // Bounded, for those who walk through more buckets than this.
      if (this.#locations.size >= 1000) this.#locations.clear();
      this.#locations.set(bucket, location);
    }
    return location;
  }

  /** @throws {TypeError} none is named and there is no default bucket, or it is no bucket name. */
  bucket(given: string | undefined): string {
    const bucket = given ?? this.settings.defaultBucket;
    if (bucket !== this.settings.defaultBucket || bucket === undefined) checkBucket(bucket);
    return bucket;
  }

  /** Any operation, with its documented output. */
  send<O extends Operation>(operation: O, input: InputOf<O>, call: Call = {}): Promise<OutputOf<O>> {
    return this.exchange(operation, input as Record<string, unknown>, call, {
      read: (response) => this.read(operation, response),
    });
  }

  /** The output of an operation from its answer. */
  async read<O extends Operation>(operation: O, response: TransportResponse): Promise<OutputOf<O>> {
    if (isStreamed(operation)) return readResponse(operation, response, '') as OutputOf<O>;
    const text = new TextDecoder().decode(await response.bytes(longestAnswer));
    try {
      return readResponse(operation, response, text) as OutputOf<O>;
    } catch (error) {
      throw error instanceof XmlError ? new UnexpectedBody(error, text) : error;
    }
  }

  /** One call from its input to its result. */
  exchange<T>(
    operation: Operation,
    input: Readonly<Record<string, unknown>>,
    call: Call,
    exchange: Exchange<T>,
  ): Promise<T> {
    try {
      const request = buildRequest(operation, input);
      // Every promise less is worth having where nothing is waited for.
      return request instanceof Promise || request.body !== undefined
        ? this.#exchangeBody(operation, request, call, exchange)
        : this.#attempt(operation, request, undefined, call, exchange);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The same with a body, which is ended if it is a stream that nobody came to read. */
  async #exchangeBody<T>(
    operation: Operation,
    building: OperationRequest | Promise<OperationRequest>,
    call: Call,
    exchange: Exchange<T>,
  ): Promise<T> {
    const request = await building;
    const { body, headers } = request;
    const length = headers['content-length'];
    delete headers['content-length'];
    const source =
      body === undefined
        ? undefined
        : await bodySource(body, length === undefined ? undefined : Number(length));
    try {
      return await this.#attempt(operation, request, source, call, exchange);
    } finally {
      source?.cancel();
    }
  }

  /** Locate, then (credentials, sign, exchange, judge, wait) until it is done, then read. */
  async #attempt<T>(
    operation: Operation,
    request: OperationRequest,
    source: BodySource | undefined,
    call: Call,
    { read, notModified, checksum, after }: Exchange<T>,
  ): Promise<T> {
    const { settings } = this;
    const { signal } = call;
    const { hooks } = settings;
    signal?.throwIfAborted();
    if (call.headers) {
      addHeaders ??= (await import('./extra-headers.ts')).addHeaders;
      addHeaders(request.headers, call.headers);
    }
    const retry = mergeRetry(settings.retry, call.retry);
    const timeouts = mergeTimeouts(settings.timeouts, call.timeouts);
    const bucket = operation.scope === 'service' ? undefined : this.bucket(request.bucket);
    const key = operation.scope === 'object' ? request.key : undefined;
    if (operation.scope === 'object') checkKey(key);
    const path = key === undefined ? '/' : `/${encodePath(key)}`;
    const query = request.query.length === 0 ? '' : canonicalQuery(request.query);
    checkChecksum(checksum);
    const body = source && (await this.#body(operation, request, source, checksum, signal));
    if (!body && /^P/.test(operation.method)) request.headers['content-length'] = '0';
    const label =
      key === undefined ? `${operation.name} ${bucket ?? ''}` : `${operation.name} ${bucket}/${key}`;

    this.#sign ??= (await import('./sign-v2.ts')).signRequestV2;
    const sign = this.#sign;

    let redirected: Location | undefined;
    let corrections: Set<string> | undefined;
    let attempt = after?.attempts ?? 0;
    let spent = after
      ? await this.#pause(after.failure, eventOf(operation, bucket, key, attempt), retry.attempts, signal)
      : 0;
    for (;;) {
      attempt++;
      const credentials = settings.credentials.current ?? (await settings.credentials.get(signal));
      const location = redirected ?? this.location(bucket);
      const headers: Record<string, string> = { host: location.host, ...body?.headers, ...request.headers };
      const signable = { method: operation.method, path: location.prefix + path, query, headers };
      const payloadHash = body?.payloadHash ?? emptyPayloadHash;
      const signature =
        credentials && sign(settings.hashes, signable, location, credentials, payloadHash, this.now());
      const facts = { operation: operation.name, bucket, key, attempts: attempt };
      const event = eventOf(operation, bucket, key, attempt);
      hooks.onRequest?.(event);
      const started = hooks.onResponse && settings.clock.now();

      let failure: Failure;
      let response: TransportResponse | undefined;
      try {
        response = await settings.transport(
          {
            method: operation.method,
            secure: location.secure,
            hostname: location.hostname,
            port: location.port,
            path: query === '' ? signable.path : `${signable.path}?${query}`,
            headers,
            body: body?.open(signature),
            timeouts,
            label,
          },
          signal,
        );
        const { status } = response;
        hooks.onResponse?.({
          ...event,
          status,
          requestId: response.headers['x-amz-request-id'],
          milliseconds: settings.clock.now() - (started as number),
        });
        if (status < 300 || (status === 304 && notModified)) {
          const result = await read(response, facts);
          this.#budget.refund(spent || 1);
          return result;
        }
        failure = await answerFailure(response, facts);
        signal?.throwIfAborted();
      } catch (cause) {
        signal?.throwIfAborted();
        const known = exchangeFailure(cause, facts);
        if (known === undefined) {
          response?.discard();
          throw cause;
        }
        failure = known;
        response = undefined;
      }

      const { error } = failure;
      const sent = { path: signable.path, location, bucket, credentials };
      const correction = response && (await this.#correct(failure, response, sent));
      if (body && !body.canSend()) throw error;
      if (correction !== undefined && !corrections?.has(correction.what)) {
        if (correction.what === 'redirect') redirected = correction.location;
        else if (correction.what === 'region') redirected = undefined;
        corrections ??= new Set();
        corrections.add(correction.what);
        hooks.onRetry?.({ ...event, error, delay: 0 });
        continue;
      }
      const mayRepeat = failure.undone || !operation.unsafeToRepeat;
      if (!mayRepeat) throw error;
      const hint = response && parseRetryAfter(response.headers, settings.clock.now());
      spent = await this.#pause(failure, event, retry.attempts + (corrections?.size ?? 0), signal, hint);
    }
  }

  /**
   * Pays for another attempt and waits until it is due; throws the failure where there is to be none. Gives the tokens
   * it cost.
   *
   * @param hint the wait the server asks for, in milliseconds
   */
  async #pause(
    failure: Failure,
    event: RequestEvent,
    attempts: number,
    signal: AbortSignal | undefined,
    hint?: number,
  ): Promise<number> {
    const { error, kind } = failure;
    const { clock, hooks } = this.settings;
    const spent = kind && event.attempt < attempts ? this.#budget.spend(kind) : 0;
    if (kind === undefined || spent === 0) throw error;
    const delay = failure.immediate ? 0 : retryDelay(event.attempt - 1, kind, clock.random(), hint);
    hooks.onRetry?.({ ...event, error, delay });
    if (delay > 0) await clock.sleep(delay, signal);
    return spent;
  }

  #body(
    operation: Operation,
    { headers, document }: OperationRequest,
    source: BodySource,
    checksum: ChecksumAlgorithm | false | undefined,
    signal: AbortSignal | undefined,
  ): Promise<PreparedBody> {
    const digest = operation.digest === true;
    // CompleteMultipartUpload would take a checksum of its XML for that of the object.
    let algorithm = document ? false : (checksum ?? this.settings.checksum);
    // A checksum that the caller brings is the one that counts; servers refuse a second one.
    if (algorithm && Object.keys(headers).some((name) => /^x-amz-checksum-(?!algorithm|type)/.test(name)))
      algorithm = false;
    return prepareBody(source, this.settings, algorithm, digest, signal);
  }

  /** Finds out what the answer says was wrong with the request, and remembers it for the requests to come. */
  async #correct(
    failure: Failure,
    response: TransportResponse,
    attempt: Omit<Attempt, 'skew'>,
  ): Promise<Correction | undefined> {
    if (!mendable.has(response.status)) return undefined;
    // Where it cannot be loaded, the failure stands.
    const loaded = await import('./correction.ts').catch(() => undefined);
    const found = loaded?.correctionOf(failure, response, this.settings, { ...attempt, skew: this.#skew });
    if (found?.what === 'clock') this.#skew = found.skew;
    else if (found?.what === 'region') {
      this.#regions.set(attempt.bucket as string, found.region);
      this.#locations.delete(attempt.bucket);
    }
    return found;
  }
}

// Written out, since a spread would cost every request a microsecond.
function eventOf(
  { name, method }: Operation,
  bucket: string | undefined,
  key: string | undefined,
  attempt: number,
): RequestEvent {
  return { operation: name, method, bucket, key, attempt };
}
