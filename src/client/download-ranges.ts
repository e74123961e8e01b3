import type { FileTarget } from '../http/files.ts';
import { getObject } from '../operations/objects.ts';
import type { CrcAlgorithm } from '../protocol/combine-crc.ts';
import { fullObjectChecksum, startChecksum } from '../protocol/compute-checksum.ts';
import { S3Error } from '../protocol/error.ts';
import { formatRange } from '../protocol/format-range.ts';
import { type AnsweredRange, changedMeanwhile, checkVersion } from './answered-range.ts';
import { keepDownloadNote, readDownloadNote } from './download-note.ts';
import type { DownloadOptions } from './download-options.ts';
import { fileChecksum } from './file-checksum.ts';
import { parallel } from './parallel.ts';
import { ResumedBody } from './resumed-body.ts';
import type { Sender } from './send.ts';

/** One version of an object. */
export interface Version {
  /** A strong one. Without it, nothing could hold several answers to one version. */
  readonly etag: string | undefined;
  readonly size: number | undefined;
  /** What to compute of the bytes. */
  readonly crc: CrcAlgorithm | undefined;
}

export interface Received {
  /** Bytes. */
  readonly size: number;
  /** Of all bytes, in the algorithm asked for. */
  readonly checksum: string | undefined;
}

/** Ranges there may be at most: each one has its line in the note. */
const most = 10_000;

/** Bytes written at a time: a write costs more than its bytes. */
const writeSize = 524_288;

/**
 * Reads all bytes of one version of an object into a file, several ranges at a time, each gone on with where it breaks.
 * It is one GET where the object is no longer than a range, its version cannot be told, or the server has no ranges.
 */
export async function downloadRanges(
  sender: Sender,
  key: string,
  options: DownloadOptions,
  version: Version,
  target: FileTarget,
): Promise<Received> {
  const { bucket, versionId, concurrency = 8, onProgress, signal } = options;
  const { etag, size, crc } = version;
  const { hashes } = sender.settings;
  const whole = etag === undefined || size === undefined ? undefined : { first: 0, last: size - 1, size };
  const { partSize, done, keep } = await begin(sender, key, options, version, target);
  const count = whole ? Math.ceil(whole.size / partSize) : 1;
  let loaded = 0;
  for (const index of done.keys()) loaded += lengthOf(rangeAt(index));
  let inOne = count === 1;
  let decide: (inRanges: boolean) => void;
  const inRanges = new Promise<boolean>((resolve) => {
    decide = resolve;
  });

  function rangeAt(index: number): AnsweredRange {
    const first = index * partSize;
    return { first, last: Math.min(first + partSize, size!) - 1, size: size! };
  }

  /** The first alone, until its answer tells whether the server has ranges. */
  async function* missing(): AsyncGenerator<number> {
    let asked = false;
    for (let index = 0; index < count; index++) {
      if (done.has(index)) continue;
      if (asked && !(await inRanges)) return;
      asked = true;
      yield index;
    }
  }

  async function receive(index: number, stopped: AbortSignal): Promise<void> {
    let due = count > 1 ? rangeAt(index) : whole;
    const range = count > 1 ? formatRange(rangeAt(index)) : undefined;
    const input = { key, bucket, versionId, ifMatch: etag, range };
    const call = { ...options, signal: stopped };
    const body = await sender
      .exchange(getObject, input, call, {
        read(response, facts) {
          if (response.status === 200 && due?.first === 0) due = whole;
          if (due && etag !== undefined) checkVersion(response, due, etag, facts);
          return new ResumedBody(sender, input, call, response, facts);
        },
      })
      .catch((error) => {
        throw changedMeanwhile(error);
      });
    if (due === whole) {
      inOne = true;
      done.clear();
      loaded = 0;
    }
    decide(!inOne);
    const checksum = await write(body, due);
    done.set(index, checksum ?? '');
    await keep?.();
    report();
  }

  async function write(body: ResumedBody, due: AnsweredRange | undefined): Promise<string | undefined> {
    const running = crc && startChecksum(crc, hashes);
    const end = due ? due.last + 1 : Number.POSITIVE_INFINITY;
    let position = due?.first ?? 0;
    let chunks: Uint8Array[] = [];
    let waiting = 0;
    for await (const chunk of body) {
      running?.update(chunk);
      chunks.push(chunk);
      waiting += chunk.length;
      if (position + waiting > end) break;
      if (waiting < writeSize) continue;
      await target.write(chunks, position);
      position += waiting;
      loaded += waiting;
      chunks = [];
      waiting = 0;
      report();
    }
    if (due && position + waiting !== end) {
      const facts = { operation: getObject.name, bucket: sender.bucket(bucket), key, status: body.status };
      throw new S3Error('BadResponse', 'The body is not as long as it should be', facts);
    }
    if (waiting > 0) await target.write(chunks, position);
    loaded += waiting;
    return running?.base64();
  }

  function report(): void {
    onProgress?.({ loaded, total: size, parts: inOne ? 0 : done.size });
  }

  await parallel(missing(), concurrency, receive, signal);
  if (count === 0) report();
  const parts = inOne
    ? [{ checksum: done.get(0) ?? '', size: loaded }]
    : Array.from({ length: count }, (_, i) => ({ checksum: done.get(i)!, size: lengthOf(rangeAt(i)) }));
  return { size: loaded, checksum: crc && fullObjectChecksum(crc, parts) };
}

interface Beginning {
  readonly partSize: number;
  /** Checksums of the ranges that are in the file, by number. */
  readonly done: Map<number, string>;
  /** Lets another process know what is done, where that is asked for. */
  readonly keep: (() => Promise<void>) | undefined;
}

/** How the object is cut, and what of it an earlier download has left: what is in the file still has to be intact. */
async function begin(
  sender: Sender,
  key: string,
  { bucket, versionId, partSize = 8_388_608, resume, signal }: DownloadOptions,
  { etag, size, crc }: Version,
  target: FileTarget,
): Promise<Beginning> {
  const done = new Map<number, string>();
  if (!resume || !crc || etag === undefined || size === undefined) {
    return { partSize: atLeast(partSize, size ?? 0), done, keep: undefined };
  }
  const { hostname, port } = sender.settings.endpoint;
  const object = [hostname, port, sender.bucket(bucket), key, versionId ?? null, etag, size, crc];
  const kept = readDownloadNote(target.kept, object);
  const note = { object, partSize: atLeast(kept?.partSize ?? partSize, size), done };
  for (const [index, checksum] of kept?.done ?? []) {
    const first = index * note.partSize;
    const end = Math.min(first + note.partSize, size);
    if (!Number.isInteger(index) || first < 0 || first >= end) continue;
    const actual = await fileChecksum(target, crc, first, end, sender.settings.hashes, signal);
    if (actual === checksum) done.set(index, checksum);
  }
  const keep = keepDownloadNote(target, note);
  await keep();
  return { partSize: note.partSize, done, keep };
}

function atLeast(partSize: number, size: number): number {
  return Math.max(partSize, Math.ceil(size / most));
}

function lengthOf({ first, last }: AnsweredRange): number {
  return last - first + 1;
}
