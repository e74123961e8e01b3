import { listObjectsV2 } from '../operations/listing.ts';
import type { listObjects } from '../operations/listing-v1.ts';
import type { Operation, OutputOf } from '../operations/operation.ts';
import { compareUtf8 } from '../protocol/compare-utf8.ts';
import { XmlError } from '../protocol/xml-reader.ts';
import { type Run, unlimited } from './jobs.ts';
import type { CallOptions } from './options.ts';
import { bareEtag } from './response.ts';
import type { Sender } from './send.ts';

export interface S3Object {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly lastModified: Date;
  /** Without its quotes. */
  readonly etag: string;
  readonly storageClass: string;
}

/** All keys that go on after `prefix` with something else than the delimiter, as one. */
export interface CommonPrefix {
  readonly prefix: string;
}

export interface ListPage {
  readonly objects: S3Object[];
  /** Only with a delimiter. */
  readonly prefixes: string[];
}

export interface ListOptions extends CallOptions {
  /** Groups keys that go on with this after the prefix: `'/'` for folders. */
  delimiter?: string | undefined;
  /** Begins after this key. */
  startAfter?: string | undefined;
  /** Most entries a page, 1 to 1,000; servers may give fewer. Default 1,000. */
  pageSize?: number | undefined;
  /** 1 for servers without ListObjectsV2. Default 2. */
  version?: 1 | 2 | undefined;
}

/**
 * A listing: nothing is asked until it is iterated, and it can be iterated again. It is whole or it throws: cut answers,
 * other documents and repeated pages are errors.
 */
export interface Listing<Entry> extends AsyncIterable<Entry> {
  /** The same, page by page as the server gives them. */
  pages(): AsyncIterable<ListPage>;
}

/** @param run starts the request of each page */
export function list(
  sender: Sender,
  prefix: string,
  options: ListOptions,
  run: Run = unlimited.run,
): Listing<S3Object> & Listing<S3Object | CommonPrefix> {
  if (typeof prefix !== 'string') throw new TypeError('prefix must be text');
  const { pageSize, version = 2 } = options;
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= 1000)) {
    throw new RangeError('pageSize must be an integer from 1 to 1,000');
  }
  if (version !== 1 && version !== 2) throw new TypeError('version must be 1 or 2');
  const pages = () => listPages(sender, prefix, options, run);
  return {
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const page of pages()) {
        yield* page.objects;
        for (const each of page.prefixes) yield { prefix: each } as S3Object & CommonPrefix;
      }
    },
  };
}

async function* listPages(
  sender: Sender,
  prefix: string,
  options: ListOptions,
  run: Run,
): AsyncGenerator<ListPage> {
  const { bucket, delimiter, startAfter, pageSize } = options;
  const input = { bucket, prefix, delimiter, maxKeys: pageSize, encodingType: 'url' };
  const v1 = options.version === 1;
  const operation = v1 ? (await import('../operations/listing-v1.ts')).listObjects : listObjectsV2;
  let next: string | undefined;
  do {
    const asked = v1
      ? { ...input, marker: next ?? startAfter }
      : { ...input, startAfter, continuationToken: next };
    const {
      objects,
      prefixes,
      next: following,
    }: Following = await run(
      () =>
        sender.exchange(operation, asked, options, {
          read: async (response) =>
            readPage((await sender.read<Operation>(operation, response)) as Page, next),
        }),
      options.signal,
    );
    yield { objects, prefixes };
    next = following;
  } while (next !== undefined);
}

/** What the two versions have in common, and how each says where it goes on. */
type Page = OutputOf<typeof listObjectsV2> & Pick<OutputOf<typeof listObjects>, 'nextMarker'>;

/** A page, and where the list goes on. */
type Following = ListPage & { readonly next: string | undefined };

/** @param previous what this page was asked for with: the same again would go round in circles for ever */
function readPage(page: Page, previous: string | undefined): Following {
  const decode = page.encodingType === 'url' ? decodeListed : (text: string) => text;
  const objects = page.contents.map(
    (entry): S3Object => ({
      key: decode(entry.key ?? ''),
      size: entry.size ?? 0,
      lastModified: entry.lastModified as Date,
      etag: bareEtag(entry.etag) ?? '',
      storageClass: entry.storageClass ?? 'STANDARD',
    }),
  );
  const prefixes = page.commonPrefixes.map((entry) => decode(entry.prefix ?? ''));
  let next: string | undefined;
  if (page.isTruncated) {
    // Version 1 goes on after the last entry. Few servers give that as a marker, and Ceph without its encoding.
    const last = lastOf(objects.at(-1)?.key, prefixes.at(-1));
    next = page.nextContinuationToken || last || (page.nextMarker && decode(page.nextMarker));
  }
  if (page.isTruncated === undefined || (page.isTruncated && (!next || next === previous))) {
    throw new XmlError('it does not say where the list goes on');
  }
  return { objects, prefixes, next };
}

function lastOf(key: string | undefined, prefix: string | undefined): string | undefined {
  return key !== undefined && (prefix === undefined || compareUtf8(key, prefix) > 0) ? key : prefix;
}

/** `encoding-type=url`: AWS writes a space as `+`, others as `%20`. A malformed text is left as it is. */
export function decodeListed(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
