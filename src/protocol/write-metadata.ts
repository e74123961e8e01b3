import { encodeBase64 } from './base64.ts';
import { checkHeader } from './check-header.ts';
import { metadataPrefix } from './metadata.ts';

/**
 * User metadata as request headers. Names may have their `x-amz-meta-` prefix; case does not matter. Text that a
 * header cannot carry unharmed becomes RFC 2047 words ({@link https://www.rfc-editor.org/rfc/rfc2047}), which S3
 * itself decodes and `readMetadata` decodes for servers that do not.
 * @throws TypeError on a name that is no header name, on the same name twice, and on values with CR, LF, NUL or half
 * a surrogate pair.
 */
export function writeMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) {
    const lower = name.toLowerCase();
    const header = lower.startsWith(metadataPrefix) ? lower : metadataPrefix + lower;
    if (header === metadataPrefix || header in headers) {
      throw new TypeError(
        header === metadataPrefix ? 'Metadata needs a name.' : `Metadata ${lower} is given twice.`,
      );
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

const encoder = new TextEncoder();

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
