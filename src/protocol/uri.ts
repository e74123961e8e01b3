/**
 * Percent-encodes every UTF-8 byte but `A-Z a-z 0-9 - . _ ~`, in upper-case hexadecimal: the encoding SigV4 signs,
 * which `encodeURIComponent` alone is not (it leaves `! ' ( ) *`).
 *
 * @throws {TypeError} `text` holds half of a surrogate pair, which has no UTF-8 form.
 */
export function encodeUri(text: string): string {
  if (!/[^\w.~-]/.test(text)) return text;
  try {
    return encodeURIComponent(text).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  } catch {
    throw new TypeError('Text with half of a surrogate pair cannot be written as UTF-8');
  }
}

/** As `encodeUri`, keeping `/`: an object key as it stands in a path. Nothing is normalised. */
export function encodePath(key: string): string {
  return /[^\w.~/-]/.test(key) ? encodeUri(key).replaceAll('%2F', '/') : key;
}

/** Percent-decodes as UTF-8; `undefined` where that is malformed or holds what a URI cannot (raw non-ASCII). */
export function decodeUri(text: string): string | undefined {
  if (/[^\0-\x7f]/.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * The canonical query, which is also what goes on the wire: names and values encoded, then sorted by encoded name and
 * encoded value, a bare name written `name=`. `canonical` is an already canonical query to merge in.
 */
export function canonicalQuery(
  pairs: Iterable<readonly [name: string, value: string | undefined]>,
  canonical = '',
): string {
  // A space sorts before every character of encoded text (`=` does not: `a=` would come after `a-b=`), so it stands
  // between name and value until the sorting is done.
  const parts = canonical === '' ? [] : canonical.replaceAll('=', ' ').split('&');
  for (const [name, value] of pairs) parts.push(`${encodeUri(name)} ${encodeUri(value ?? '')}`);
  return parts.sort().join('&').replaceAll(' ', '=');
}

/**
 * A query as it came, without `?`, to decoded pairs in their order; `undefined` where it is malformed. `+` is a space,
 * as S3 reads it, and a bare name has an empty value.
 */
export function parseQuery(query: string): [name: string, value: string][] | undefined {
  const pairs: [string, string][] = [];
  for (const part of query.replaceAll('+', '%20').split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decodeUri(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? '' : decodeUri(part.slice(equals + 1));
    if (name === undefined || value === undefined) return undefined;
    pairs.push([name, value]);
  }
  return pairs;
}
