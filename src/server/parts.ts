import { type ChecksumAlgorithm, checksumHeader } from '../protocol/checksum.ts';
import type { Call } from './call.ts';
import { type DigestedContent, digestContent } from './content-digests.ts';
import { copyResult } from './copy-object.ts';
import { checkCopySize, openCopySource } from './copy-source.ts';
import type { ServerResponse } from './exchange.ts';
import { quoted } from './objects.ts';
import { wholeNumber } from './paging.ts';
import { invalidArgument, invalidRequest } from './refused-request.ts';
import type { PartRecord, UploadRecord } from './store.ts';
import { noSuchUpload, openUpload } from './uploads.ts';
import { ownerElement, textElement, xmlElement, xmlResponse } from './xml-response.ts';

export async function uploadPart(call: Call): Promise<ServerResponse> {
  const partNumber = partNumberOf(call);
  const upload = await openUpload(call);
  const declared = algorithmOf(upload);
  const given = call.body.algorithm;
  if (declared && given && declared !== given) {
    throw invalidRequest(`The upload has ${declared} checksums, the part has one of ${given}`);
  }
  const part = await storePart(call, upload, partNumber, call.body.content(declared));
  const headers: Record<string, string> = { etag: quoted(part.etag) };
  const algorithm = declared ?? given;
  if (algorithm && part.checksum !== undefined) headers[checksumHeader(algorithm)] = part.checksum;
  return { status: 200, headers };
}

export async function uploadPartCopy(call: Call): Promise<ServerResponse> {
  const partNumber = partNumberOf(call);
  const upload = await openUpload(call);
  const source = await openCopySource(call);
  const { start, end } = copyRange(call.headers['x-amz-copy-source-range'], source.record.size);
  checkCopySize(end - start);
  const algorithm = algorithmOf(upload);
  const part = await storePart(call, upload, partNumber, digestContent(source.read(start, end), algorithm));
  const checksum =
    algorithm && part.checksum !== undefined ? textElement(`Checksum${algorithm}`, part.checksum) : '';
  return xmlResponse('CopyPartResult', copyResult({ ...part, checksum: undefined }) + checksum);
}

export async function listParts(call: Call): Promise<ServerResponse> {
  const { query } = call;
  const upload = await openUpload(call);
  const after = wholeNumber(query, 'part-number-marker', 10_000, 0);
  const limit = wholeNumber(query, 'max-parts', 1000);
  const parts = (await call.store.listParts(call.bucket, upload.uploadId)).filter(
    (part) => part.partNumber > after,
  );
  const page = parts.slice(0, limit);
  const algorithm = algorithmOf(upload);
  return xmlResponse(
    'ListPartsResult',
    textElement('Bucket', call.bucket) +
      textElement('Key', call.key) +
      textElement('UploadId', upload.uploadId) +
      ownerElement('Initiator', upload.owner) +
      ownerElement('Owner', upload.owner) +
      textElement('StorageClass', upload.storageClass) +
      textElement('PartNumberMarker', after) +
      textElement('NextPartNumberMarker', page.at(-1)?.partNumber ?? 0) +
      textElement('MaxParts', limit) +
      textElement('IsTruncated', page.length < parts.length) +
      (upload.checksum
        ? textElement('ChecksumAlgorithm', upload.checksum.algorithm) +
          textElement('ChecksumType', upload.checksum.type)
        : '') +
      page.map((part) => partElement(part, algorithm)).join(''),
  );
}

function partElement(part: PartRecord, algorithm: ChecksumAlgorithm | undefined): string {
  return xmlElement(
    'Part',
    textElement('PartNumber', part.partNumber) +
      textElement('LastModified', new Date(part.lastModified).toISOString()) +
      textElement('ETag', quoted(part.etag)) +
      textElement('Size', part.size) +
      (algorithm && part.checksum !== undefined ? textElement(`Checksum${algorithm}`, part.checksum) : ''),
  );
}

function algorithmOf(upload: UploadRecord): ChecksumAlgorithm | undefined {
  return upload.checksum?.algorithm as ChecksumAlgorithm | undefined;
}

function partNumberOf({ query }: Call): number {
  const text = query.get('partNumber') ?? '';
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number < 1 || number > 10_000) throw invalidArgument('partNumber', text);
  return number;
}

async function storePart(
  call: Call,
  upload: UploadRecord,
  partNumber: number,
  content: DigestedContent,
): Promise<PartRecord> {
  const staged = await call.store.stage(content);
  const part: PartRecord = {
    partNumber,
    size: content.size,
    etag: content.md5.toString('hex'),
    lastModified: call.now,
    checksum: content.checksum,
  };
  if (!(await call.store.putPart(call.bucket, upload.uploadId, part, staged)))
    throw noSuchUpload(upload.uploadId);
  return part;
}

/** Unlike `Range`, strictly `bytes=first-last` inside the source. */
function copyRange(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } {
  if (header === undefined) return { start: 0, end: size };
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header);
  const first = Number(match?.[1]);
  const last = Number(match?.[2]);
  if (!match || first > last) throw invalidArgument('x-amz-copy-source-range', header);
  if (first >= size) {
    throw invalidRequest('The range of the copy source lies beyond its end');
  }
  if (last >= size) throw invalidArgument('x-amz-copy-source-range', header);
  return { start: first, end: last + 1 };
}
