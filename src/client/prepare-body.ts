import type { BodySource } from '../http/body.ts';
import type { RequestBody, StreamBody } from '../http/transport.ts';
import type { ChecksumAlgorithm } from '../protocol/checksum.ts';
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
  const bytes =
    source.bytes ??
    (source.size ? undefined : await (await import('./digest-body.ts')).gather(source, signal));
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

  const wanted = { md5: version === 's3' || digest, checksum, sha256: signed };
  let payloadHash: string | undefined;
  if (wanted.md5 || checksum || (signed && bytes === undefined)) {
    digestBody ??= (await import('./digest-body.ts')).digestBody;
    payloadHash = await digestBody(bytes ?? source, wanted, headers, hashes, signal);
  } else if (signed && bytes !== undefined) payloadHash = hashes.sha256Hex(bytes);
  return { ...plain, payloadHash: payloadHash ?? unsignedPayload };
}

/** Loaded with the first body that needs more than its SHA-256. */
let digestBody: typeof import('./digest-body.ts').digestBody | undefined;
