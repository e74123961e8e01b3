import { decodeBase64, encodeBase64 } from './base64.ts';
import { checkHeader } from './check-header.ts';

/**
 * User metadata as request headers. Names may have their `x-amz-meta-` prefix; case does not matter. Text that a
 * header cannot carry unharmed becomes RFC 2047 words ({@link https://www.rfc-editor.org/rfc/rfc2047}), which S3
 * itself decodes and {@link readMetadata} decodes for servers that do not.
 * @throws TypeError on a name that is no header name, on the same name twice, and on values with CR, LF, NUL or half
 * a surrogate pair.
 */
export function writeMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) {
    const lower = name.toLowerCase();
    const header = lower.startsWith(prefix) ? lower : prefix + lower;
    if (header === prefix || header in headers) {
      throw new TypeError(header === prefix ? 'Metadata needs a name.' : `Metadata ${lower} is given twice.`);
    }
    if (typeof value !== 'string' || /[\r\n\0\ud800-\udfff]/u.test(value)) {
      throw new TypeError(`Metadata ${lower} must be well-formed text without line breaks or NUL.`);
    }
    const safe = /^([!-~]([ -~]*[!-~])?)?$/.test(value) && !value.includes('=?');
    const text = safe ? value : encodeWords(value);
    checkHeader(header, text);
    headers[header] = text;
  }
  return headers;
}

/**
 * User metadata among response headers: names in lower case without prefix, RFC 2047 words decoded, and raw UTF-8
 * (Ceph) read as such. The record has no prototype.
 */
export function readMetadata(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || !name.startsWith(prefix)) continue;
    metadata[name.slice(prefix.length)] = decodeWords(decodeHeaderText(value));
  }
  return metadata;
}

/** Header text, which arrives as Latin-1, read as the UTF-8 it is where it is (Ceph sends it raw). */
export function decodeHeaderText(value: string): string {
  return utf8(value) ?? value;
}

const prefix = 'x-amz-meta-';
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A word may be 75 characters long: 12 of frame and base64 of 45 bytes. No character is split between words. */
function encodeWords(text: string): string {
  const words: string[] = [];
  let chunk = '';
  let size = 0;
  for (const char of text) {
    const { length } = encoder.encode(char);
    if (size + length > 45) {
      words.push(chunk);
      chunk = '';
      size = 0;
    }
    chunk += char;
    size += length;
  }
  words.push(chunk);
  return words.map((word) => `=?UTF-8?B?${encodeBase64(encoder.encode(word))}?=`).join(' ');
}

/** Words side by side are one text: the white space between them is not part of it. */
function decodeWords(text: string): string {
  return text.replace(/=\?utf-8\?[bq]\?[^?\s]*\?=(\s+=\?utf-8\?[bq]\?[^?\s]*\?=)*/gi, (words) => {
    let binary = '';
    for (const word of words.split(/\s+/)) {
      const content = word.slice(10, -2);
      if (/b/i.test(word[8]!)) {
        const bytes = decodeBase64(content);
        if (!bytes) return words;
        binary += String.fromCharCode(...bytes);
      } else {
        binary += content
          .replaceAll('_', ' ')
          .replace(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
      }
    }
    return utf8(binary) ?? words;
  });
}

/** The text whose UTF-8 bytes are the characters of `binary`, or undefined when they are not UTF-8. */
function utf8(binary: string): string | undefined {
  if (/^[\0-\x7f]*$/.test(binary)) return binary;
  if (/[^\0-\xff]/.test(binary)) return undefined;
  try {
    return decoder.decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
