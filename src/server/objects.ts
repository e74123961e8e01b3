import { httpDate } from '../protocol/amz-date.ts';
import { type ChecksumAlgorithm, checksumHeader } from '../protocol/checksum.ts';
import { formatContentRange, parseRange } from '../protocol/range.ts';
import { openBucket, openObject } from './access.ts';
import type { Call } from './call.ts';
import { deleteCheck, isNotModified, isRangeCurrent, writeCheck } from './conditions.ts';
import type { ServerResponse } from './exchange.ts';
import { describeObject, descriptionHeaders, overriddenHeaders } from './object-description.ts';
import { invalidArgument, invalidRequest, notImplemented, RefusedRequest } from './refused-request.ts';
import type { ObjectRecord, StoredChecksum } from './store.ts';

export async function putObject(call: Call): Promise<ServerResponse> {
  const { store, key } = call;
  const bucket = await openBucket(call, 'WRITE');
  const description = describeObject(call);
  const check = writeCheck(call.headers, key);
  // Decided when the object is published; looked at here too so that a body need not be sent in vain.
  if (check) check((await store.object(bucket.name, key))?.record);
  const content = call.body.content();
  const staged = await store.stage(content);
  const { algorithm } = call.body;
  const record: ObjectRecord = {
    ...description,
    key,
    size: content.size,
    etag: content.md5.toString('hex'),
    lastModified: call.now,
    owner: call.caller ?? anonymousOwner,
    checksum: algorithm && { algorithm, type: 'FULL_OBJECT', value: content.checksum! },
  };
  await store.putObject(bucket.name, record, staged, check);
  return { status: 200, headers: { etag: quoted(record.etag), ...checksumHeaders(record.checksum) } };
}

/** Who owns what is written without a signature, where a bucket's ACL allows that. */
export const anonymousOwner = 'anonymous';

export async function headObject(call: Call): Promise<ServerResponse> {
  const { body: _, ...response } = await getObject(call);
  return response;
}

export async function getObject(call: Call): Promise<ServerResponse> {
  const { record, read } = await openObject(call, 'READ');
  const overridden = overriddenHeaders(call);
  const validators = { etag: quoted(record.etag), 'last-modified': httpDate(record.lastModified) };
  if (isNotModified(call.headers, record)) return { status: 304, headers: validators };
  const slice = sliceOf(call, record);
  const length = slice.end - slice.start;
  const headers: Record<string, string> = {
    ...descriptionHeaders(record),
    ...validators,
    'accept-ranges': 'bytes',
    ...overridden,
    'content-length': String(length),
  };
  if (slice.partial) {
    headers['content-range'] = formatContentRange({ first: slice.start, last: slice.end - 1 }, record.size);
  }
  if (slice.part && record.parts) headers['x-amz-mp-parts-count'] = String(record.parts.length);
  if (call.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED') {
    Object.assign(headers, checksumHeaders(checksumOf(record, slice)));
  }
  return {
    status: slice.partial ? 206 : 200,
    headers,
    body: length > 0 ? read(slice.start, slice.end) : undefined,
  };
}

export async function deleteObject(call: Call): Promise<ServerResponse> {
  await openBucket(call, 'WRITE');
  for (const name of ['x-amz-if-match-last-modified-time', 'x-amz-if-match-size']) {
    if (call.headers[name] !== undefined) throw notImplemented(name);
  }
  await call.store.deleteObject(call.bucket, call.key, deleteCheck(call.headers['if-match']));
  return { status: 204, headers: {} };
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

/** The response headers that tell a checksum. */
export function checksumHeaders(checksum: StoredChecksum | undefined): Record<string, string> {
  if (!checksum) return {};
  return {
    [checksumHeader(checksum.algorithm as ChecksumAlgorithm)]: checksum.value,
    'x-amz-checksum-type': checksum.type,
  };
}

/** The bytes from `start` up to `end` exclusive. */
interface Slice {
  readonly start: number;
  readonly end: number;
  /** The answer is a 206. */
  readonly partial: boolean;
  /** The part asked for, counted from 1. */
  readonly part?: number;
}

/** @throws {RefusedRequest} InvalidRange, InvalidPartNumber, InvalidRequest, InvalidArgument */
function sliceOf({ headers, query }: Call, record: ObjectRecord): Slice {
  const { size } = record;
  const { range } = headers;
  const whole = { start: 0, end: size, partial: false };
  const partNumber = query.get('partNumber');
  if (partNumber !== undefined) {
    if (range !== undefined) {
      throw invalidRequest('A read has a range or a part number, not both');
    }
    return partSlice(partNumber, record);
  }
  if (range === undefined || !isRangeCurrent(headers['if-range'], record)) return whole;
  const bytes = parseRange(range, size);
  if (bytes === 'ignored') return whole;
  if (bytes === 'unsatisfiable') {
    throw new RefusedRequest('InvalidRange', {
      fields: { RangeRequested: range, ActualObjectSize: String(size) },
      headers: { 'content-range': formatContentRange(bytes, size) },
    });
  }
  return { start: bytes.first, end: bytes.last + 1, partial: true };
}

function partSlice(text: string, { size, parts = [{ size }] }: ObjectRecord): Slice {
  const part = Number(text);
  if (!/^\d{1,5}$/.test(text) || part < 1 || part > 10_000) throw invalidArgument('partNumber', text);
  if (part > parts.length) {
    throw new RefusedRequest('InvalidPartNumber', {
      fields: { PartNumberRequested: text, ActualPartCount: String(parts.length) },
    });
  }
  let start = 0;
  for (const before of parts.slice(0, part - 1)) start += before.size;
  const end = start + parts[part - 1]!.size;
  // No Content-Range can tell of no bytes.
  return { start, end, partial: end > start, part };
}

/** The checksum of just these bytes, where one is stored. */
function checksumOf({ checksum, parts }: ObjectRecord, { partial, part }: Slice): StoredChecksum | undefined {
  if (part === undefined || !parts) return partial && part === undefined ? undefined : checksum;
  const value = parts[part - 1]?.checksum;
  return checksum?.type === 'COMPOSITE' && value !== undefined ? { ...checksum, value } : undefined;
}
