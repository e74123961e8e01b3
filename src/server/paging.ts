import { invalidArgument } from './refused-request.ts';

type Query = ReadonlyMap<string, string>;

/**
 * A parameter that is a number, cut to `most`: how many entries a page may have, or where it starts.
 *
 * @throws {RefusedRequest} InvalidArgument
 */
export function wholeNumber(query: Query, name: string, most: number, otherwise: number = most): number {
  const text = query.get(name) ?? '';
  if (text === '') return otherwise;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2 ** 31 - 1) throw invalidArgument(name, text);
  return Math.min(Number(text), most);
}

/** What a continuation token stands for: the last entry the client has; empty without a token. */
export function continuation(query: Query): string {
  const token = query.get('continuation-token');
  if (token === undefined) return '';
  const last = Buffer.from(token, 'base64url').toString();
  if (last === '' || continuationToken(last) !== token) throw invalidArgument('continuation-token', token);
  return last;
}

export function continuationToken(last: string): string {
  return Buffer.from(last).toString('base64url');
}

/**
 * How a listing writes keys: as they are, or with `encoding-type=url` percent-encoded with `+` for a space, as S3 does.
 *
 * @throws {RefusedRequest} InvalidArgument
 */
export function keyEncoding(query: Query): (key: string) => string {
  const type = query.get('encoding-type');
  if (type === undefined) return (key) => key;
  if (type.toLowerCase() !== 'url') throw invalidArgument('encoding-type', type);
  return encodeListed;
}

/** All but `A-Z a-z 0-9 - . _ * /` are encoded. */
function encodeListed(key: string): string {
  if (!/[^\w.*/-]/.test(key)) return key;
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}
