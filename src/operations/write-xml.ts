import { escapeXml } from '../protocol/xml-writer.ts';
import { type AnyField, type AnyType, formatScalar, wireName } from './operation.ts';

const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';

/**
 * The XML body a request carries: elements in the order S3 documents, members left out where undefined.
 *
 * @throws {TypeError} a member the structure does not have, one that must be given and is not, or text that XML
 * cannot carry.
 */
export function writeXml(root: string, type: AnyType, value: unknown): string {
  return element(root, type, value, ` xmlns="${xmlns}"`);
}

function element(name: string, type: AnyType, value: unknown, attributes = ''): string {
  let inner = '';
  if (type.fields) {
    const record = value as Record<string, unknown>;
    for (const member in record) {
      if (!Object.hasOwn(type.fields, member)) throw new TypeError(`${name} has no member '${member}'`);
    }
    for (const member in type.fields) {
      const field = type.fields[member] as AnyField;
      const content = record[member];
      if (content === undefined) {
        if (field.required) throw new TypeError(`${name} needs '${member}'`);
      } else if (field.place === 'attribute') {
        // The one attribute S3 has is a grantee's xsi:type.
        attributes += ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ${field.wire}="${escapeXml(String(content))}"`;
      } else {
        inner += elements(wireName(member, field), field.type, content);
      }
    }
  } else {
    inner = escapeXml(formatScalar(type, value));
  }
  return `<${name}${attributes}>${inner}</${name}>`;
}

function elements(name: string, type: AnyType, value: unknown): string {
  if (!type.item) return element(name, type, value);
  const item = type.item;
  const inner = (value as unknown[]).map((each) => element(type.wrapper ?? name, item, each)).join('');
  return type.wrapper ? `<${name}>${inner}</${name}>` : inner;
}
