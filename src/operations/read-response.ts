import type { TransportResponse } from '../http/transport.ts';
import { decodeHeaderText, readMetadata } from '../protocol/metadata.ts';
import { XmlError, XmlReader } from '../protocol/xml-reader.ts';
import { type AnyField, type Operation, wireName } from './operation.ts';
import { parseScalar, readElements } from './read-xml.ts';

/**
 * The output of an operation from an answer: members from its status and headers, and from `text`, the whole body,
 * unless the body is a stream, which is handed on unread.
 *
 * @throws {XmlError} the body is not the whole XML document it should be.
 */
export function readResponse(
  operation: Operation,
  response: TransportResponse,
  text: string,
): Record<string, unknown> {
  const { output, root } = operation;
  const record: Record<string, unknown> = {};
  if (root !== undefined) readDocument(operation, root, text, record);
  for (const member in output) {
    const field = output[member] as AnyField;
    if (field.place === 'header' || field.place === 'amz') {
      const value = response.headers[wireName(member, field)];
      if (value !== undefined) record[member] = parseScalar(field.type, decodeHeaderText(value));
    } else if (field.place === 'headers') record[member] = readMetadata(response.headers);
    else if (field.place === 'status') record[member] = response.status;
    else if (field.place === 'stream') record[member] = response;
    else if (field.place === 'text') record[member] = text;
  }
  return record;
}

/** Whether the body of the answer is the caller's to read. */
export function isStreamed(operation: Operation): boolean {
  for (const member in operation.output) if (operation.output[member]?.place === 'stream') return true;
  return false;
}

function readDocument(
  operation: Operation,
  root: string,
  text: string,
  record: Record<string, unknown>,
): void {
  const xml = new XmlReader(text);
  const found = xml.root();
  // Another document read as this one would look like an empty list.
  if (found !== root) throw new XmlError(`<${found}> where <${root}> is due`);
  const payload = Object.entries(operation.output).find(
    ([, { place }]) => place === 'xml' || place === 'root',
  );
  if (payload === undefined) Object.assign(record, readElements(xml, operation.output));
  else if (payload[1].place === 'root') record[payload[0]] = parseScalar(payload[1].type, xml.text());
  else record[payload[0]] = readElements(xml, payload[1].type.fields ?? {});
  xml.end();
}
