import type { ChecksumAlgorithm } from '../protocol/checksum.ts';
import { openBucket } from './access.ts';
import type { Call } from './call.ts';
import { writeCheck } from './conditions.ts';
import { digestContent } from './content-digests.ts';
import { checkCopySize, openCopySource, parseCopySource } from './copy-source.ts';
import { requestedAlgorithm } from './declared-checksum.ts';
import type { ServerResponse } from './exchange.ts';
import { describeObject, type ObjectDescription } from './object-description.ts';
import { anonymousOwner, quoted } from './objects.ts';
import { invalidArgument, invalidRequest } from './refused-request.ts';
import type { ObjectRecord } from './store.ts';
import { textElement, xmlResponse } from './xml-response.ts';

export async function copyObject(call: Call): Promise<ServerResponse> {
  const { store, headers, key } = call;
  const bucket = await openBucket(call, 'WRITE');
  const source = await openCopySource(call);
  checkCopySize(source.record.size);
  checkChanges(call);
  const description = copiedDescription(call, source.record);
  const check = writeCheck(headers, key);
  const algorithm =
    requestedAlgorithm(headers) ?? (source.record.checksum?.algorithm as ChecksumAlgorithm | undefined);
  const content = digestContent(source.read(0, source.record.size), algorithm);
  const staged = await store.stage(content);
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
  return xmlResponse('CopyObjectResult', copyResult(record));
}

/** What CopyObjectResult and CopyPartResult tell of the copy. */
export function copyResult(copy: Pick<ObjectRecord, 'etag' | 'lastModified' | 'checksum'>): string {
  return (
    textElement('LastModified', new Date(copy.lastModified).toISOString()) +
    textElement('ETag', quoted(copy.etag)) +
    (copy.checksum
      ? textElement(`Checksum${copy.checksum.algorithm}`, copy.checksum.value) +
        textElement('ChecksumType', copy.checksum.type)
      : '')
  );
}

/** The ACL is never copied; everything else is, unless the request replaces it. */
function copiedDescription(call: Call, source: ObjectRecord): ObjectDescription {
  const given = describeObject(call);
  const { headers, metadata } = directive(call, 'x-amz-metadata-directive') === 'REPLACE' ? given : source;
  const { tags } = directive(call, 'x-amz-tagging-directive') === 'REPLACE' ? given : source;
  const redirect = call.headers[redirectHeader];
  const { [redirectHeader]: _, ...kept } = headers;
  return {
    acl: given.acl,
    storageClass: given.storageClass,
    // A redirect is not part of the metadata that is copied.
    headers: redirect === undefined ? kept : { ...kept, [redirectHeader]: redirect },
    metadata,
    tags,
  };
}

const redirectHeader = 'x-amz-website-redirect-location';

function directive({ headers }: Call, name: string): 'COPY' | 'REPLACE' {
  const value = headers[name] ?? 'COPY';
  if (value !== 'COPY' && value !== 'REPLACE') throw invalidArgument(name, value);
  return value;
}

/** A copy of an object onto itself has to change something. */
function checkChanges(call: Call): void {
  const { headers } = call;
  const source = parseCopySource(headers['x-amz-copy-source'] ?? '');
  if (source.bucket !== call.bucket || source.key !== call.key) return;
  if (directive(call, 'x-amz-metadata-directive') === 'REPLACE') return;
  if (headers['x-amz-storage-class'] !== undefined || headers[redirectHeader] !== undefined) return;
  throw invalidRequest(
    'A copy of an object onto itself has to change its metadata, storage class or redirect location',
  );
}
