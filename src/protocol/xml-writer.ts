/**
 * Text made fit for XML, in elements and attributes. Line breaks and tabs become references, as parsers change them.
 * @throws TypeError on characters that XML 1.0 cannot carry, not even as references.
 */
export function escapeXml(text: string): string {
  if (!isXmlText(text)) throw new TypeError('XML cannot carry control characters or half a surrogate pair');
  return text.replace(/[&<>"'\t\n\r]/g, (char) => references[char]!);
}

/** Whether XML 1.0 has a way to write every character ({@link https://www.w3.org/TR/xml/#charsets}). */
export function isXmlText(text: string): boolean {
  return !/[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/u.test(text);
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};
