import { openBucket } from './access.ts';
import type { Call } from './call.ts';
import type { ServerResponse } from './exchange.ts';
import { listPage, type Page } from './list-page.ts';
import { quoted } from './objects.ts';
import { continuation, continuationToken, keyEncoding, wholeNumber } from './paging.ts';
import type { ObjectRecord } from './store.ts';
import { ownerElement, textElement, xmlElement, xmlResponse } from './xml-response.ts';

export async function listObjects(call: Call): Promise<ServerResponse> {
  const { query } = call;
  const marker = query.get('marker') ?? '';
  const listing = await list(call, marker, true);
  const { page, encode } = listing;
  // Without a delimiter the last key says where to go on.
  const next = page.truncated && listing.delimiter !== '' ? textElement('NextMarker', encode(page.last)) : '';
  return xmlResponse(
    'ListBucketResult',
    listing.head + textElement('Marker', encode(marker)) + next + listing.content,
  );
}

export async function listObjectsV2(call: Call): Promise<ServerResponse> {
  const { query } = call;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const last = continuation(query);
  const listing = await list(call, last || startAfter, query.get('fetch-owner') === 'true');
  const { page, encode } = listing;
  return xmlResponse(
    'ListBucketResult',
    listing.head +
      (startAfter === '' ? '' : textElement('StartAfter', encode(startAfter))) +
      (token === undefined ? '' : textElement('ContinuationToken', token)) +
      (page.truncated ? textElement('NextContinuationToken', continuationToken(page.last)) : '') +
      textElement('KeyCount', page.entries.length + page.commonPrefixes.length) +
      listing.content,
  );
}

interface Listing {
  readonly page: Page<ObjectRecord>;
  readonly delimiter: string;
  readonly encode: (key: string) => string;
  readonly head: string;
  readonly content: string;
}

/** What both versions of the listing have in common. */
async function list(call: Call, after: string, withOwner: boolean): Promise<Listing> {
  const { store, query } = call;
  const { name } = await openBucket(call, 'READ');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = wholeNumber(query, 'max-keys', 1000);
  const encode = keyEncoding(query);
  const page = await listPage((range) => store.listObjects(name, range), { prefix, delimiter, after, limit });
  return {
    page,
    delimiter,
    encode,
    head: textElement('Name', name) + textElement('Prefix', encode(prefix)),
    content:
      textElement('MaxKeys', limit) +
      (delimiter === '' ? '' : textElement('Delimiter', encode(delimiter))) +
      (query.has('encoding-type') ? textElement('EncodingType', 'url') : '') +
      textElement('IsTruncated', page.truncated) +
      page.entries.map((record) => contents(record, encode, withOwner)).join('') +
      commonPrefixElements(page.commonPrefixes, encode),
  };
}

export function commonPrefixElements(prefixes: readonly string[], encode: (key: string) => string): string {
  return prefixes
    .map((prefix) => xmlElement('CommonPrefixes', textElement('Prefix', encode(prefix))))
    .join('');
}

function contents(record: ObjectRecord, encode: (key: string) => string, withOwner: boolean): string {
  const { checksum } = record;
  return xmlElement(
    'Contents',
    textElement('Key', encode(record.key)) +
      textElement('LastModified', new Date(record.lastModified).toISOString()) +
      textElement('ETag', quoted(record.etag)) +
      (checksum
        ? textElement('ChecksumAlgorithm', checksum.algorithm) + textElement('ChecksumType', checksum.type)
        : '') +
      textElement('Size', record.size) +
      (withOwner ? ownerElement('Owner', record.owner) : '') +
      textElement('StorageClass', record.storageClass),
  );
}
