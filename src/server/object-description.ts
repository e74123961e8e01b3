import { cannedAcl } from './access.ts';
import type { Call } from './call.ts';
import { invalidArgument, invalidRequest, RefusedRequest } from './refused-request.ts';
import type { ObjectRecord } from './store.ts';
import { tagsOfHeader } from './tagging.ts';

/** What whoever makes an object says about it, apart from its bytes. */
export type ObjectDescription = Pick<ObjectRecord, 'acl' | 'storageClass' | 'headers' | 'metadata' | 'tags'>;

/**
 * Reads an object's description from the headers of a request.
 *
 * @throws {RefusedRequest}
 */
export function describeObject({ headers }: Pick<Call, 'headers'>): ObjectDescription {
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of keptHeaders) if (headers[name]) kept[name] = headers[name];
  // How the body travelled says nothing about the object.
  const encoding = kept['content-encoding']
    ?.split(',')
    .filter((coding) => coding.trim().toLowerCase() !== 'aws-chunked');
  if (encoding?.length === 0) delete kept['content-encoding'];
  else if (encoding) kept['content-encoding'] = encoding.join(',').trim();
  return {
    acl: cannedAcl(headers, 'object'),
    storageClass: storageClass(headers),
    headers: kept,
    metadata: userMetadata(headers),
    tags: tagsOfHeader(headers['x-amz-tagging']),
  };
}

/** The storage class a request names, STANDARD without one. */
export function storageClass(headers: Call['headers']): string {
  const name = headers['x-amz-storage-class'] ?? 'STANDARD';
  if (!storageClasses.includes(name))
    throw new RefusedRequest('InvalidStorageClass', { fields: { StorageClassRequested: name } });
  return name;
}

/** The headers that give an object's description back. */
export function descriptionHeaders(record: ObjectRecord): Record<string, string> {
  const headers: Record<string, string> = { ...record.headers };
  for (const [name, value] of Object.entries(record.metadata)) headers[`x-amz-meta-${name}`] = value;
  if (record.storageClass !== 'STANDARD') headers['x-amz-storage-class'] = record.storageClass;
  const tags = Object.keys(record.tags ?? {}).length;
  if (tags > 0) headers['x-amz-tagging-count'] = String(tags);
  return headers;
}

/**
 * The overrides of a read's headers (`response-content-type=...`), which only a signed request may ask for.
 *
 * @throws {RefusedRequest} InvalidRequest, InvalidArgument
 */
export function overriddenHeaders({ query, caller }: Call): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of overridable) {
    const value = query.get(`response-${name}`);
    if (value === undefined) continue;
    if (caller === undefined) {
      throw invalidRequest('Only a signed request may ask for response headers');
    }
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) throw invalidArgument(`response-${name}`, value);
    headers[name] = Buffer.from(value).toString('latin1');
  }
  return headers;
}

const overridable = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

const keptHeaders = [...overridable, 'x-amz-website-redirect-location'];

const storageClasses = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'GLACIER_IR',
  'DEEP_ARCHIVE',
];

/** Of names and values together, in bytes: header text has one character a byte. */
const mostMetadata = 2048;

function userMetadata(headers: Call['headers']): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  let size = 0;
  for (const [header, value] of Object.entries(headers)) {
    if (value === undefined || !header.startsWith('x-amz-meta-')) continue;
    const name = header.slice('x-amz-meta-'.length);
    metadata[name] = value;
    size += name.length + value.length;
  }
  if (size > mostMetadata) {
    throw new RefusedRequest('MetadataTooLarge', {
      fields: { Size: String(size), MaxSizeAllowed: String(mostMetadata) },
    });
  }
  return metadata;
}
