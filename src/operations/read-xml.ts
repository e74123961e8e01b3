import type { XmlReader } from '../protocol/xml-reader.ts';
import { type AnyField, type AnyType, type Members, wireName } from './operation.ts';

/**
 * Reads the children of the element the reader stands in into a record by member name, in one pass and without a tree.
 * Elements that are not known are passed over: servers add their own. Lists are always there, if empty.
 */
export function readElements(xml: XmlReader, fields: Members): Record<string, unknown> {
  const { byElement, lists, attributes } = indexOf(fields);
  const record: Record<string, unknown> = {};
  for (const [member, name] of attributes) record[member] = xml.attribute(name);
  for (const member of lists) record[member] = [];
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    const known = byElement.get(name);
    if (known === undefined) {
      xml.skip();
      continue;
    }
    const { member, type } = known;
    if (!type.item) record[member] = readValue(xml, type);
    else if (!type.wrapper) (record[member] as unknown[]).push(readValue(xml, type.item));
    else {
      for (let inner = xml.child(); inner !== undefined; inner = xml.child()) {
        if (inner === type.wrapper) (record[member] as unknown[]).push(readValue(xml, type.item));
        else xml.skip();
      }
    }
  }
  return record;
}

function readValue(xml: XmlReader, type: AnyType): unknown {
  return type.fields ? readElements(xml, type.fields) : parseScalar(type, xml.text());
}

export function parseScalar(type: AnyType, text: string): unknown {
  return type.parse ? type.parse(text) : text;
}

interface FieldIndex {
  readonly byElement: Map<string, { readonly member: string; readonly type: AnyType }>;
  readonly lists: string[];
  readonly attributes: [member: string, name: string][];
}

/** Made when a shape is first read, so that importing operations costs nothing. */
const indexes = new WeakMap<Members, FieldIndex>();

function indexOf(fields: Members): FieldIndex {
  let index = indexes.get(fields);
  if (index === undefined) {
    index = { byElement: new Map(), lists: [], attributes: [] };
    for (const member in fields) {
      const field = fields[member] as AnyField;
      if (field.place === 'attribute') index.attributes.push([member, field.wire ?? member]);
      if (field.place !== 'element') continue;
      index.byElement.set(wireName(member, field), { member, type: field.type });
      if (field.type.item) index.lists.push(member);
    }
    indexes.set(fields, index);
  }
  return index;
}
