import { retryDelay } from '../http/retry.ts';
import { TransportError } from '../http/transport.ts';
import { completeMultipartUpload, listParts } from '../operations/multipart.ts';
import { checksumHeader } from '../protocol/checksum.ts';
import type { CrcAlgorithm } from '../protocol/combine-crc.ts';
import { compositeChecksum, fullObjectChecksum } from '../protocol/compute-checksum.ts';
import { startHash } from '../protocol/digest.ts';
import { S3Error } from '../protocol/error.ts';
import type { Hashes } from '../protocol/hash.ts';
import { encodeHex } from '../protocol/hex.ts';
import { isGone } from './abort-upload.ts';
import { headObject } from './head.ts';
import { checksumMember, type UploadedPart } from './list-parts.ts';
import { checksumType, type OpenUpload, pickHeaders } from './open-upload.ts';
import type { UploadOptions } from './options.ts';
import { bareEtag } from './response.ts';
import type { Sender } from './send.ts';
import type { Stored } from './stored.ts';

/** Conditions on the object that is there before, and the signal. */
export type CompleteOptions = Pick<UploadOptions, 'ifMatch' | 'ifNoneMatch' | 'headers' | 'signal'>;

/** How often an upload is completed when the answers get lost. */
const rounds = 3;

/**
 * Makes an object of an upload's parts. An answer that is lost, or that does not tell whether there is an object now,
 * is made up for: while the upload is still there it is completed again; once it is gone, the object that is there is
 * the one meant if it has the ETag or the checksum that follow from the parts.
 *
 * @throws {S3Error} `UnknownOutcome` where neither can be found out
 */
export async function completeUpload(
  sender: Sender,
  upload: OpenUpload,
  parts: readonly UploadedPart[],
  options: CompleteOptions,
): Promise<Stored> {
  const { signal } = options;
  let lost = false;
  for (let round = 0; ; round++) {
    try {
      return await complete(sender, upload, parts, options);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      // What a server says to the second request when the first one did its work.
      const late = (error.code === 'NoSuchUpload' || error.status === 412) && (lost || error.attempts > 1);
      if (!late && !mayHaveWorked(error) && !(lost && isUnsent(error))) throw error;
      lost = true;
      if (!late) {
        const { clock } = sender.settings;
        await clock.sleep(retryDelay(round, 'transient', clock.random()), signal);
        if (await asked(isThere(sender, upload, signal), error)) {
          if (round + 1 < rounds) continue;
          throw error.status === undefined ? unknownOutcome(error, error) : error;
        }
      }
      const found = await asked(findObject(sender, upload, parts, signal), error);
      if (found) return found;
      throw error.status === 412 ? error : unknownOutcome(error, error);
    }
  }
}

/** Whether the object may have been made in spite of the error. */
function mayHaveWorked(error: S3Error): boolean {
  const { status = 0, retryable } = error;
  return status === 0 ? !isUnsent(error) : retryable && (status === 200 || status >= 500);
}

function isUnsent({ cause }: S3Error): boolean {
  return (
    cause instanceof TransportError && (cause.kind === 'connect' || /connect|socket/.test(`${cause.phase}`))
  );
}

/** What the server says about the outcome of `error`; that it says nothing makes it unknown. */
async function asked<T>(question: Promise<T>, error: S3Error): Promise<T> {
  try {
    return await question;
  } catch (cause) {
    throw cause instanceof S3Error ? unknownOutcome(error, cause) : cause;
  }
}

function unknownOutcome({ operation, bucket, key, attempts }: S3Error, cause: S3Error): S3Error {
  const message =
    'The object may have been stored or not: the answer got lost, and what is there does not tell';
  return new S3Error('UnknownOutcome', message, { operation, bucket, key, attempts, cause });
}

function complete(
  sender: Sender,
  upload: OpenUpload,
  parts: readonly UploadedPart[],
  { ifMatch, ifNoneMatch, headers, signal }: CompleteOptions,
): Promise<Stored> {
  const { bucket, key, uploadId, call } = upload;
  const checksum = parts.every((part) => part.checksum !== undefined) ? upload.checksum : undefined;
  const member = checksum && checksumMember(checksum);
  const input = {
    bucket,
    key,
    uploadId,
    ifMatch,
    ifNoneMatch,
    multipartUpload: {
      parts: parts.map(({ partNumber, etag, checksum }) => ({
        partNumber,
        etag,
        ...(member && { [member]: checksum }),
      })),
    },
    ...(checksum && {
      checksumType: checksumType(checksum),
      mpuObjectSize: sizeOf(parts),
      ...(checksumType(checksum) === 'FULL_OBJECT' && {
        [checksumMember(checksum)]: wholeChecksum(upload, parts, sender.settings.hashes),
      }),
    }),
  };
  const conditions = { ...call.headers, ...pickHeaders(headers, /^if-/i) };
  return sender.exchange(
    completeMultipartUpload,
    input,
    { ...call, headers: conditions, signal },
    {
      // A checksum in this request's headers is the object's, not that of the list of parts.
      checksum: false,
      async read(response) {
        const { status, headers } = response;
        const { etag } = await sender.read(completeMultipartUpload, response);
        // Ceph leaves it empty where the object had been made before.
        const head = etag
          ? undefined
          : await headObject(sender, key, { ...call, bucket, signal }).catch(() => undefined);
        return {
          status,
          etag: bareEtag(etag || head?.etag),
          versionId: headers['x-amz-version-id'] ?? head?.versionId,
          headers,
        };
      },
    },
  );
}

async function isThere(sender: Sender, upload: OpenUpload, signal?: AbortSignal): Promise<boolean> {
  const { bucket, key, uploadId, call } = upload;
  try {
    await sender.send(listParts, { bucket, key, uploadId, maxParts: 1 }, { ...call, signal });
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** The object at the upload's key, if it is the one made of these parts. */
async function findObject(
  sender: Sender,
  upload: OpenUpload,
  parts: readonly UploadedPart[],
  signal: AbortSignal | undefined,
): Promise<Stored | undefined> {
  const { bucket, key, checksum, call } = upload;
  const { hashes } = sender.settings;
  try {
    const head = await headObject(sender, key, { ...call, bucket, signal });
    const { etag, versionId, size, headers } = head;
    const whole = wholeChecksum(upload, parts, hashes);
    const same =
      etag === multipartEtag(parts, hashes) ||
      (checksum && whole && headers[checksumHeader(checksum)] === whole && size === sizeOf(parts));
    return same ? { status: 200, etag, versionId, headers } : undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Where the parts' ETags are their MD5s, the object's is the MD5 of these. */
function multipartEtag(parts: readonly UploadedPart[], hashes: Hashes): string | undefined {
  const md5 = startHash(hashes, 'md5');
  for (const part of parts) {
    const etag = bareEtag(part.etag) ?? '';
    if (!/^[0-9a-f]{32}$/.test(etag)) return undefined;
    md5.update(Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(etag.slice(2 * i, 2 * i + 2), 16)));
  }
  return `${encodeHex(md5.digest())}-${parts.length}`;
}

function wholeChecksum(
  { checksum }: OpenUpload,
  parts: readonly UploadedPart[],
  hashes: Hashes,
): string | undefined {
  const known = parts.flatMap(({ checksum, size }) => (checksum ? [{ checksum, size }] : []));
  if (!checksum || known.length < parts.length) return undefined;
  return checksumType(checksum) === 'FULL_OBJECT'
    ? fullObjectChecksum(checksum as CrcAlgorithm, known)
    : compositeChecksum(
        checksum,
        known.map((part) => part.checksum),
        hashes,
      );
}

function sizeOf(parts: readonly UploadedPart[]): number {
  return parts.reduce((sum, part) => sum + part.size, 0);
}
