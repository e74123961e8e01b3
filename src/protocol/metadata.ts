import { decodeBase64 } from './base64.ts';

/**
 * User metadata among response headers: names in lower case without prefix, RFC 2047 words decoded, and raw UTF-8
 * (Ceph) read as such. The record has no prototype.
 */
export function readMetadata(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || !name.startsWith(metadataPrefix)) continue;
    metadata[name.slice(metadataPrefix.length)] = decodeWords(decodeHeaderText(value));
  }
  return metadata;
}

/** Header text, which arrives as Latin-1, read as the UTF-8 it is where it is (Ceph sends it raw). */
export function decodeHeaderText(value: string): string {
  return utf8(value) ?? value;
}

/** What the names of user metadata begin with among headers. */
export const metadataPrefix = 'x-amz-meta-';
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

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
