import type { TransportResponse } from '../http/transport.ts';
import { listMultipartUploads as operation } from '../operations/multipart.ts';
import { type ChecksumAlgorithm, checksumAlgorithms } from '../protocol/checksum.ts';
import { XmlError } from '../protocol/xml-reader.ts';
import { type Connected, inside } from './connected.ts';
import { decodeListed } from './list.ts';
import { MultipartUpload } from './multipart-upload.ts';
import { partCall } from './open-upload.ts';
import type { CallOptions } from './options.ts';
import type { Sender } from './send.ts';

/** The uploads that are neither completed nor aborted, in the order of their keys, over all pages. */
export async function* listMultipartUploads(
  conn: Connected,
  prefix: string,
  options: CallOptions,
): AsyncGenerator<MultipartUpload, void, undefined> {
  if (typeof prefix !== 'string') throw new TypeError('prefix must be text');
  const { sender, jobs } = conn[inside];
  const bucket = sender.bucket(options.bucket);
  const call = partCall(options);
  let last: Listed | undefined;
  do {
    const after: Listed | undefined = last;
    const input = {
      bucket,
      prefix,
      encodingType: 'url',
      keyMarker: after?.key,
      uploadIdMarker: after?.uploadId,
    };
    const read = (response: TransportResponse) => readPage(sender, response, after);
    const page: Page = await jobs.run(
      () => sender.exchange(operation, input, options, { read }),
      options.signal,
    );
    for (const { key, uploadId, initiated, checksum } of page.uploads) {
      yield new MultipartUpload(conn, { bucket, key, uploadId, checksum, call }, initiated);
    }
    last = page.truncated ? page.uploads.at(-1) : undefined;
  } while (last);
}

/** The same, all at once. */
export async function allMultipartUploads(
  conn: Connected,
  { prefix = '', ...options }: CallOptions & { prefix?: string | undefined },
): Promise<MultipartUpload[]> {
  const uploads: MultipartUpload[] = [];
  for await (const upload of listMultipartUploads(conn, prefix, options)) uploads.push(upload);
  return uploads;
}

interface Listed {
  readonly key: string;
  readonly uploadId: string;
  readonly initiated: Date | undefined;
  readonly checksum: ChecksumAlgorithm | undefined;
}

interface Page {
  readonly uploads: readonly Listed[];
  readonly truncated: boolean;
}

/** @param after what this page was asked to begin after: the same again would go round in circles for ever */
async function readPage(
  sender: Sender,
  response: TransportResponse,
  after: Listed | undefined,
): Promise<Page> {
  const page = await sender.read(operation, response);
  const decode = page.encodingType === 'url' ? decodeListed : (text: string) => text;
  const uploads = page.uploads.map(({ key = '', uploadId = '', initiated, checksumAlgorithm }) => ({
    key: decode(key),
    uploadId,
    initiated,
    checksum: checksumAlgorithms.find((known) => known === checksumAlgorithm),
  }));
  // Where it goes on is after the last one, which says so without the servers' ways of writing markers.
  const last = uploads.at(-1);
  const stuck = !last || (last.key === after?.key && last.uploadId === after.uploadId);
  if (page.isTruncated === undefined || (page.isTruncated && stuck))
    throw new XmlError('it does not say where the list of uploads goes on');
  return { uploads, truncated: page.isTruncated };
}
