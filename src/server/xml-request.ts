import { XmlReader } from '../protocol/xml-reader.ts';
import { RefusedRequest } from './refused-request.ts';

/**
 * Opens an operation's XML at its root element. The reader throws `XmlError` where it is not well-formed, for which the
 * handler answers MalformedXML.
 */
export function openDocument(text: string, root: string): XmlReader {
  const xml = new XmlReader(text);
  if (xml.root() !== root) throw new RefusedRequest('MalformedXML');
  return xml;
}

/** The texts in the current element, by their elements' names. Leaves it. */
export function readFields(xml: XmlReader): Map<string, string> {
  const fields = new Map<string, string>();
  for (let name = xml.child(); name !== undefined; name = xml.child()) fields.set(name, xml.text());
  return fields;
}
