import { escapeXml } from '../protocol/xml-writer.ts';
import type { ServerResponse } from './exchange.ts';

/** An answer of 200 with a document of S3's namespace. */
export function xmlResponse(root: string, content: string): ServerResponse {
  const document = xmlElement(root, content, ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"');
  return { status: 200, headers: { 'content-type': xmlType }, body: xmlDeclaration + document };
}

/** An element holding elements. `attributes` are XML, each with a space before it. */
export function xmlElement(name: string, content: string, attributes = ''): string {
  return `<${name}${attributes}>${content}</${name}>`;
}

/**
 * An element holding text. Characters that XML 1.0 forbids, which keys may have, become references all the same: so
 * does S3, and who wants XML that every parser takes asks for `encoding-type=url`.
 */
export function textElement(name: string, text: string | number | boolean): string {
  return xmlElement(name, xmlText(String(text)));
}

/** A user as `Owner` or `Initiator`. Users have a name here, and no other identity. */
export function ownerElement(element: string, name: string): string {
  return xmlElement(element, textElement('ID', name) + textElement('DisplayName', name));
}

export const xmlType = 'application/xml';
export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

function xmlText(text: string): string {
  if (!forbidden.test(text)) return escapeXml(text);
  return text
    .split(forbidden)
    .map((piece, i) => (i % 2 ? `&#x${piece.charCodeAt(0).toString(16).toUpperCase()};` : escapeXml(piece)))
    .join('');
}

const forbidden = /([\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff])/;
