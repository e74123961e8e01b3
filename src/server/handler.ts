import { randomBytes } from 'node:crypto';
import { httpDate } from '../protocol/amz-date.ts';
import { AwsChunkedError } from '../protocol/aws-chunked-decoder.ts';
import { parseQuery } from '../protocol/uri.ts';
import { XmlError } from '../protocol/xml-reader.ts';
import { type Address, addressOf } from './address.ts';
import { type Account, authenticate, type Identity, signedHeaders } from './authenticate.ts';
import { errorResponse } from './error-response.ts';
import type { Handler, ServerRequest, ServerResponse } from './exchange.ts';
import { type ErrorCode, invalidArgument, notImplemented, RefusedRequest } from './refused-request.ts';
import { readDocument, requestBody } from './request-body.ts';
import type { RequestLog } from './request-log.ts';
import { type Route, routeOf } from './routes.ts';
import { BucketMissing, type Store } from './store.ts';

export interface HandlerOptions {
  readonly store: Store;
  /** By access key id. */
  readonly accounts: ReadonlyMap<string, Account>;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of every request when its answer is decided. */
  readonly log: (entry: RequestLog) => void;
}

/** S3 as a function from request to response. It never rejects: every failure is a response. */
export function createHandler(options: HandlerOptions): Handler {
  return async (request) => {
    const now = options.now();
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    const seen: Seen = {};
    let response: ServerResponse;
    let failure: unknown;
    try {
      response = await answer(request, now, seen, options);
    } catch (error) {
      const refused = refusedRequest(error);
      if (refused.status === 500) failure = error;
      response = errorResponse(refused, request, requestId, hostId);
    }
    options.log({
      method: request.method,
      operation: seen.route?.operation,
      bucket: seen.address?.bucket || undefined,
      key: seen.address?.key || undefined,
      status: response.status,
      accessKeyId: seen.identity?.accessKeyId,
      error: failure,
    });
    return {
      ...response,
      headers: {
        ...response.headers,
        date: httpDate(now),
        'x-amz-request-id': requestId,
        'x-amz-id-2': hostId,
      },
    };
  };
}

/** Stands for the machine that answered. */
const hostId = 'minis3';

/** What is known of a request so far, for the log. */
interface Seen {
  address?: Address;
  identity?: Identity;
  route?: Route;
}

async function answer(
  request: ServerRequest,
  now: number,
  seen: Seen,
  { store, accounts, region }: HandlerOptions,
): Promise<ServerResponse> {
  checkHeaderSize(request.headers);
  const address = addressOf(request);
  seen.address = address;
  const query = queryOf(request);
  const identity = authenticate(request, query, {
    accounts,
    region,
    now,
    virtualHostBucket: address.virtualHost ? address.bucket : undefined,
  });
  seen.identity = identity;
  const headers = identity.presigned ? signedHeaders(request, query) : request.headers;
  const route = routeOf(request.method, address, query, headers);
  seen.route = route;
  checkImplemented(headers);
  const version = query.get('versionId');
  if (version !== undefined && version !== 'null') {
    throw new RefusedRequest('NoSuchVersion', { fields: { Key: address.key, VersionId: version } });
  }
  const body = requestBody(request, headers, identity, !route.checksumOfObject);
  if (route.streams && body.size === undefined && request.lengthUnknown) {
    throw new RefusedRequest('MissingContentLength');
  }
  return route.run({
    store,
    region,
    now,
    request,
    bucket: address.bucket,
    key: address.key,
    query,
    headers,
    caller: identity.name,
    body,
    text: route.streams ? '' : await readDocument(body),
  });
}

/** A parameter that comes twice has one value, or what was signed and what is done could be two things. */
function queryOf(request: ServerRequest): Map<string, string> {
  const pairs = parseQuery(request.rawQuery);
  if (!pairs) throw new RefusedRequest('InvalidURI');
  const query = new Map(pairs);
  for (const [name, value] of pairs) if (query.get(name) !== value) throw invalidArgument(name, value);
  return query;
}

/** S3 takes 8 KB of headers. */
const mostHeaders = 8192;

function checkHeaderSize(headers: ServerRequest['headers']): void {
  let size = 0;
  for (const name in headers) size += name.length + (headers[name]?.length ?? 0) + 4;
  if (size > mostHeaders) {
    throw new RefusedRequest('RequestHeaderSectionTooLarge', {
      fields: { MaxSizeAllowed: String(mostHeaders) },
    });
  }
}

/** Headers that ask for what this server cannot do, and that it would be wrong to pass over. */
const unimplemented =
  /^x-amz-(?:server-side-encryption|copy-source-server-side-encryption|object-lock-|bucket-object-lock-|bucket-namespace$|object-ownership$|grant-|write-offset-bytes$|mfa$)/;

function checkImplemented(headers: ServerRequest['headers']): void {
  for (const name in headers) if (unimplemented.test(name)) throw notImplemented(name);
}

function refusedRequest(error: unknown): RefusedRequest {
  if (error instanceof RefusedRequest) return error;
  if (error instanceof AwsChunkedError)
    return new RefusedRequest(error.code as ErrorCode, { message: error.message });
  if (error instanceof XmlError) return new RefusedRequest('MalformedXML');
  if (error instanceof BucketMissing) return new RefusedRequest('NoSuchBucket');
  return new RefusedRequest('InternalError');
}
