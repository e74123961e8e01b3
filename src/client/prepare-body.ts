import { abortable } from '../http/abortable.ts';
import type { BodySource } from '../http/body.ts';
import { concatenate } from '../http/concatenate.ts';
import { wrongSize } from '../http/exchange-error.ts';
import type { RequestBody, StreamBody } from '../http/transport.ts';
import { encodeBase64 } from '../protocol/base64.ts';
import { type ChecksumAlgorithm, checksumHeader, startChecksum } from '../protocol/checksum.ts';
import { encodeHex } from '../protocol/hex.ts';
import { type Signature, unsignedPayload } from '../protocol/sigv4.ts';
import type { Settings } from './settings.ts';

/** A body ready to be sent any number of times its source allows, and what the signature says of it. */
export interface PreparedBody {
  /** For `x-amz-content-sha256`. */
  readonly payloadHash: string;
  /** Length and digests. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether it can still be sent: a stream that cannot be read again only while nobody has begun to. */
  canSend(): boolean;
  /** What goes on the wire, for an attempt with this signature. */
  open(signature: Signature | undefined): RequestBody;
}

/**
 * Chooses how a body is protected on its way. Whatever arrives changed is refused by the server: the signature covers
 * a hash of the body, or (where the server is known to check it) a checksum goes with it. The one exception is a stream
 * over TLS that can be read only once; there TLS alone protects it.
 *
 * @param digest the operation demands Content-MD5 or a checksum
 * @param signal ends the reading of a body that has to be read before it is sent
 */
export async function prepareBody(
  source: BodySource,
  settings: Settings,
  checksum: ChecksumAlgorithm | false,
  digest: boolean,
  signal: AbortSignal | undefined,
): Promise<PreparedBody> {
  const { hashes, payload, version } = settings;
  const { secure } = settings.endpoint;
  // Also a stream of no bytes: Ceph refuses those in signed chunks.
  const bytes = source.bytes ?? (source.size ? undefined : await gather(source, signal));
  const size = bytes?.length ?? (source.size as number);
  let opened = false;
  const stream: StreamBody = {
    size,
    blob: source.blob,
    open() {
      opened = true;
      return source.open();
    },
  };
  const headers: Record<string, string> = { 'content-length': String(size) };
  const plain = { headers, canSend: () => !opened || source.replayable, open: () => bytes ?? stream };
  const signed =
    version === 's3v4' && payload !== 'unsigned' && (payload === 'signed' || !secure || !checksum);

  if (bytes === undefined && !source.replayable) {
    if (!signed || (secure && payload !== 'signed')) return { ...plain, payloadHash: unsignedPayload };
    const { frameBody } = await import('./frame-body.ts');
    return { ...plain, ...frameBody(stream, hashes) };
  }

  const md5 = version === 's3' || digest ? hashes.start('md5') : undefined;
  const sum = checksum ? startChecksum(checksum, hashes) : undefined;
  const sha256 = signed && bytes === undefined ? hashes.start('sha256') : undefined;
  if (bytes !== undefined) {
    md5?.update(bytes);
    sum?.update(bytes);
  } else if (md5 || sum || sha256) {
    await readAll(source, signal, (chunk) => {
      md5?.update(chunk);
      sum?.update(chunk);
      sha256?.update(chunk);
    });
  }
  if (md5) headers['content-md5'] = encodeBase64(md5.digest());
  if (checksum && sum) headers[checksumHeader(checksum)] = sum.base64();
  const payloadHash = sha256
    ? encodeHex(sha256.digest())
    : signed && bytes
      ? hashes.sha256Hex(bytes)
      : unsignedPayload;
  return { ...plain, payloadHash };
}

async function gather(source: BodySource, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  await readAll(source, signal, (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (source.size !== undefined && size > source.size) throw wrongSize(source.size, size);
  });
  return concatenate(chunks, size);
}

/** Reads a source that may have stopped to give anything; the signal ends it then. */
async function readAll(
  source: BodySource,
  signal: AbortSignal | undefined,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const iterator = source.open()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await abortable(iterator.next(), signal);
      if (done) return;
      take(value);
    }
  } catch (error) {
    iterator.return?.();
    throw error;
  }
}
