import type { ListQuery } from './store.ts';

/** What a listing asks for. `after` is the last key or common prefix the client has. */
export interface PageQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly after: string;
  readonly limit: number;
}

export interface Page<T> {
  readonly entries: T[];
  readonly commonPrefixes: string[];
  readonly truncated: boolean;
  /** Key or common prefix the page ends with, the `after` of the next. */
  readonly last: string;
}

/**
 * One page of a listing, in UTF-8 byte order: keys, and once for all keys that go on after `delimiter` their common
 * prefix. Reads by the page, not by the bucket: a group of keys is stepped over as soon as its prefix is known.
 */
export async function listPage<T extends { readonly key: string }>(
  list: (query: ListQuery) => Promise<T[]>,
  { prefix, delimiter, after, limit }: PageQuery,
): Promise<Page<T>> {
  const entries: T[] = [];
  const commonPrefixes: string[] = [];
  let last = after;
  let query: Omit<ListQuery, 'limit'> | undefined = { prefix, after: after || undefined };
  // A listing that continues after a common prefix, or from within one, has shown that prefix already.
  let group = commonPrefixOf(after, prefix, delimiter);
  if (group !== undefined) query = beyond(group, prefix);
  let batch = limit + 1;
  while (query && limit > 0) {
    const records = await list({ ...query, limit: batch });
    for (const record of records) {
      if (group !== undefined && record.key.startsWith(group)) continue;
      if (entries.length + commonPrefixes.length === limit) {
        return { entries, commonPrefixes, truncated: true, last };
      }
      group = commonPrefixOf(record.key, prefix, delimiter);
      if (group === undefined) entries.push(record);
      else commonPrefixes.push(group);
      last = group ?? record.key;
    }
    if (records.length < batch) break;
    if (group === undefined) {
      query = { prefix, after: last };
      batch = Math.min(batch * 4, limit + 1);
    } else {
      // The group goes on past the batch: it may be long, and so may the next ones.
      query = beyond(group, prefix);
      batch = Math.max(Math.floor(batch / 4), 8);
    }
  }
  return { entries, commonPrefixes, truncated: false, last };
}

/** `key` up to and with the first `delimiter` after `prefix`. */
export function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '' || !key.startsWith(prefix)) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** The rest of the listing after every key that starts with `group`; `undefined` when there can be none. */
function beyond(group: string, prefix: string): Omit<ListQuery, 'limit'> | undefined {
  const from = successor(group);
  return from === undefined ? undefined : { prefix, from };
}

/** The first text, in UTF-8 order, after all that start with `text`: its last character raised by one. */
function successor(text: string): string | undefined {
  const characters = Array.from(text);
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const code = last.codePointAt(0)!;
    // U+D800 to U+DFFF are no characters.
    if (code < 0x10ffff)
      return characters.join('') + String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1);
  }
  return undefined;
}
