import { randomBytes } from 'node:crypto';
import { compareUtf8 } from '../protocol/compare-utf8.ts';
import { openBucket } from './access.ts';
import type { Call } from './call.ts';
import { requestedAlgorithm } from './declared-checksum.ts';
import type { ServerResponse } from './exchange.ts';
import { commonPrefixElements } from './list-objects.ts';
import { listPage } from './list-page.ts';
import { describeObject } from './object-description.ts';
import { anonymousOwner } from './objects.ts';
import { keyEncoding, wholeNumber } from './paging.ts';
import { invalidArgument, invalidRequest, RefusedRequest } from './refused-request.ts';
import type { UploadRecord } from './store.ts';
import { ownerElement, textElement, xmlElement, xmlResponse } from './xml-response.ts';

export async function createMultipartUpload(call: Call): Promise<ServerResponse> {
  const { store, key } = call;
  const bucket = await openBucket(call, 'WRITE');
  const checksum = declaredChecksum(call);
  const upload: UploadRecord = {
    ...describeObject(call),
    uploadId: randomBytes(16).toString('hex'),
    key,
    initiated: call.now,
    owner: call.caller ?? anonymousOwner,
    checksum,
  };
  await store.createUpload(bucket.name, upload);
  const response = xmlResponse(
    'InitiateMultipartUploadResult',
    textElement('Bucket', bucket.name) + textElement('Key', key) + textElement('UploadId', upload.uploadId),
  );
  if (!checksum) return response;
  return {
    ...response,
    headers: {
      ...response.headers,
      'x-amz-checksum-algorithm': checksum.algorithm,
      'x-amz-checksum-type': checksum.type,
    },
  };
}

export async function abortMultipartUpload(call: Call): Promise<ServerResponse> {
  const { uploadId } = await openUpload(call);
  if (!(await call.store.abortUpload(call.bucket, uploadId))) throw noSuchUpload(uploadId);
  return { status: 204, headers: {} };
}

/**
 * The upload of this key that the request names, if the caller may write to the bucket.
 *
 * @throws {RefusedRequest} NoSuchUpload and those of `openBucket`
 */
export async function openUpload(call: Call): Promise<UploadRecord> {
  const { name } = await openBucket(call, 'WRITE');
  const uploadId = call.query.get('uploadId') ?? '';
  const upload = /^[0-9a-f]{32}$/.test(uploadId) ? await call.store.upload(name, uploadId) : undefined;
  if (upload?.key !== call.key) throw noSuchUpload(uploadId);
  return upload;
}

export function noSuchUpload(uploadId: string): RefusedRequest {
  return new RefusedRequest('NoSuchUpload', { fields: { UploadId: uploadId } });
}

export async function listMultipartUploads(call: Call): Promise<ServerResponse> {
  const { store, query } = call;
  const { name } = await openBucket(call, 'READ');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  // Of use only beside a key marker.
  const uploadIdMarker = keyMarker === '' ? '' : (query.get('upload-id-marker') ?? '');
  const limit = wholeNumber(query, 'max-uploads', 1000);
  const encode = keyEncoding(query);
  const uploads = (await store.listUploads(name, prefix)).filter(
    ({ key, uploadId }) =>
      compareUtf8(key, keyMarker) > 0 ||
      (key === keyMarker && uploadIdMarker !== '' && uploadId > uploadIdMarker),
  );
  const page = await listPage(async () => uploads.splice(0), { prefix, delimiter, after: keyMarker, limit });
  const last = page.entries.at(-1);
  return xmlResponse(
    'ListMultipartUploadsResult',
    textElement('Bucket', name) +
      textElement('KeyMarker', encode(keyMarker)) +
      textElement('UploadIdMarker', uploadIdMarker) +
      (page.truncated
        ? textElement('NextKeyMarker', encode(page.last)) +
          textElement('NextUploadIdMarker', last?.key === page.last ? last.uploadId : '')
        : '') +
      textElement('Prefix', encode(prefix)) +
      (delimiter === '' ? '' : textElement('Delimiter', encode(delimiter))) +
      textElement('MaxUploads', limit) +
      (query.has('encoding-type') ? textElement('EncodingType', 'url') : '') +
      textElement('IsTruncated', page.truncated) +
      page.entries.map((upload) => uploadElement(upload, encode)).join('') +
      commonPrefixElements(page.commonPrefixes, encode),
  );
}

function uploadElement(upload: UploadRecord, encode: (key: string) => string): string {
  return xmlElement(
    'Upload',
    textElement('Key', encode(upload.key)) +
      textElement('UploadId', upload.uploadId) +
      ownerElement('Initiator', upload.owner) +
      ownerElement('Owner', upload.owner) +
      textElement('StorageClass', upload.storageClass) +
      textElement('Initiated', new Date(upload.initiated).toISOString()) +
      (upload.checksum
        ? textElement('ChecksumAlgorithm', upload.checksum.algorithm) +
          textElement('ChecksumType', upload.checksum.type)
        : ''),
  );
}

/** CRCs of parts can be combined, and CRC64NVME only so; digests of the SHA family can only be digested again. */
function declaredChecksum({ headers }: Call): UploadRecord['checksum'] {
  const algorithm = requestedAlgorithm(headers);
  const type = headers['x-amz-checksum-type']?.toUpperCase();
  if (algorithm === undefined) {
    if (type === undefined) return undefined;
    throw invalidRequest('x-amz-checksum-type is sent without x-amz-checksum-algorithm');
  }
  if (type !== undefined && type !== 'COMPOSITE' && type !== 'FULL_OBJECT') {
    throw invalidArgument('x-amz-checksum-type', type);
  }
  const possible =
    algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : algorithm.startsWith('SHA') ? 'COMPOSITE' : type;
  if (type !== undefined && type !== possible) {
    throw invalidRequest(`${algorithm} checksums cannot be ${type}`);
  }
  return { algorithm, type: possible ?? 'COMPOSITE' };
}
