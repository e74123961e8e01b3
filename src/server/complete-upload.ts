import { createHash } from 'node:crypto';
import { nodeHashes } from '../node/hash.ts';
import { type ChecksumAlgorithm, checksumHeader } from '../protocol/checksum.ts';
import type { CrcAlgorithm } from '../protocol/combine-crc.ts';
import { compositeChecksum, fullObjectChecksum } from '../protocol/compute-checksum.ts';
import { encodePath } from '../protocol/uri.ts';
import type { XmlReader } from '../protocol/xml-reader.ts';
import type { Call } from './call.ts';
import { unquoteEtag, writeCheck } from './conditions.ts';
import type { ServerResponse } from './exchange.ts';
import { quoted } from './objects.ts';
import { invalidRequest, RefusedRequest } from './refused-request.ts';
import type { ObjectRecord, PartRecord, StoredChecksum, UploadRecord } from './store.ts';
import { noSuchUpload, openUpload } from './uploads.ts';
import { openDocument, readFields } from './xml-request.ts';
import { textElement, xmlResponse } from './xml-response.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export async function completeMultipartUpload(call: Call): Promise<ServerResponse> {
  const { store, bucket, key, headers } = call;
  const upload = await openUpload(call);
  const check = writeCheck(headers, key);
  const listed = readParts(call.text, upload);
  const parts = chosenParts(listed, await store.listParts(bucket, upload.uploadId), upload);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const expectedSize = headers['x-amz-mp-object-size'];
  if (expectedSize !== undefined && expectedSize !== String(size)) {
    throw invalidRequest(`The parts have ${size} bytes, not x-amz-mp-object-size`);
  }
  const checksum = objectChecksum(call, upload, parts);
  const { acl, storageClass, metadata, tags, owner } = upload;
  const record: ObjectRecord = {
    key,
    size,
    etag: multipartEtag(parts),
    lastModified: call.now,
    owner,
    acl,
    storageClass,
    headers: upload.headers,
    metadata,
    tags,
    checksum,
    parts: parts.map((part) => ({ size: part.size, checksum: part.checksum })),
  };
  const numbers = parts.map((part) => part.partNumber);
  if (!(await store.completeUpload(bucket, upload.uploadId, numbers, record, check))) {
    throw noSuchUpload(upload.uploadId);
  }
  return xmlResponse(
    'CompleteMultipartUploadResult',
    textElement('Location', locationOf(call)) +
      textElement('Bucket', bucket) +
      textElement('Key', key) +
      textElement('ETag', quoted(record.etag)) +
      (checksum
        ? textElement(`Checksum${checksum.algorithm}`, checksum.value) +
          textElement('ChecksumType', checksum.type)
        : ''),
  );
}

interface ListedPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly checksum: string | undefined;
}

function readParts(text: string, upload: UploadRecord): ListedPart[] {
  const xml = openDocument(text, 'CompleteMultipartUpload');
  const parts: ListedPart[] = [];
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    if (name !== 'Part') throw new RefusedRequest('MalformedXML');
    parts.push(readPart(xml, upload));
  }
  xml.end();
  if (parts.length === 0) throw new RefusedRequest('MalformedXML');
  return parts;
}

function readPart(xml: XmlReader, { checksum }: UploadRecord): ListedPart {
  const fields = readFields(xml);
  const number = fields.get('PartNumber') ?? '';
  const etag = fields.get('ETag');
  if (!/^\d{1,5}$/.test(number) || etag === undefined) throw new RefusedRequest('MalformedXML');
  return {
    partNumber: Number(number),
    etag: unquoteEtag(etag),
    checksum: checksum && fields.get(`Checksum${checksum.algorithm}`),
  };
}

/** The smallest size of a part that is not the last. */
const smallestPart = 5 * 1024 * 1024;

function chosenParts(
  listed: readonly ListedPart[],
  uploaded: readonly PartRecord[],
  upload: UploadRecord,
): PartRecord[] {
  if (listed.some(({ partNumber }, i) => i > 0 && partNumber <= listed[i - 1]!.partNumber)) {
    throw new RefusedRequest('InvalidPartOrder');
  }
  const byNumber = new Map(uploaded.map((part) => [part.partNumber, part]));
  const composite = upload.checksum?.type === 'COMPOSITE';
  const chosen: PartRecord[] = [];
  for (const [i, { partNumber, etag, checksum }] of listed.entries()) {
    const part = byNumber.get(partNumber);
    if (composite && checksum === undefined) {
      throw invalidRequest(
        `The upload was started with ${upload.checksum!.algorithm}, and part ${partNumber} has no such checksum`,
      );
    }
    if (!part || part.etag !== etag || (checksum !== undefined && part.checksum !== checksum)) {
      throw new RefusedRequest('InvalidPart', {
        fields: { UploadId: upload.uploadId, PartNumber: String(partNumber), ETag: etag },
      });
    }
    if (part.size < smallestPart && i < listed.length - 1) {
      throw new RefusedRequest('EntityTooSmall', {
        fields: {
          ProposedSize: String(part.size),
          MinSizeAllowed: String(smallestPart),
          PartNumber: String(partNumber),
          ETag: etag,
        },
      });
    }
    chosen.push(part);
  }
  if (composite && listed.at(-1)!.partNumber !== listed.length) {
    throw invalidRequest('Parts with checksums are numbered from 1 without a gap');
  }
  return chosen;
}

/** S3's ETag of a multipart object: the MD5 of the parts' MD5s, `-` and their number. */
function multipartEtag(parts: readonly PartRecord[]): string {
  const md5 = createHash('md5');
  for (const part of parts) md5.update(part.etag, 'hex');
  return `${md5.digest('hex')}-${parts.length}`;
}

/** The checksum made of the parts', held against the one the client says it is. */
function objectChecksum(
  { headers }: Call,
  { checksum: declared }: UploadRecord,
  parts: readonly PartRecord[],
): StoredChecksum | undefined {
  const type = headers['x-amz-checksum-type']?.toUpperCase();
  if (type !== undefined && type !== declared?.type) {
    throw invalidRequest('x-amz-checksum-type is not the type that the upload was started with');
  }
  if (!declared) return undefined;
  const algorithm = declared.algorithm as ChecksumAlgorithm;
  const value =
    declared.type === 'COMPOSITE'
      ? compositeChecksum(
          algorithm,
          parts.map((part) => part.checksum!),
          nodeHashes,
        )
      : fullObjectChecksum(
          algorithm as CrcAlgorithm,
          parts.map(({ checksum, size }) => ({ checksum: checksum!, size })),
        );
  const expected = headers[checksumHeader(algorithm)];
  if (expected !== undefined && expected !== value) {
    throw new RefusedRequest('BadDigest', { fields: { ExpectedDigest: expected, CalculatedDigest: value } });
  }
  return { ...declared, value };
}

/** The object's URL, in the style that this request was addressed in. */
function locationOf({ request, bucket, key }: Call): string {
  const host = request.headers['host'] ?? 'localhost';
  const path = host.startsWith(`${bucket}.`) ? encodePath(key) : `${bucket}/${encodePath(key)}`;
  return `${request.secure ? 'https' : 'http'}://${host}/${path}`;
}
