import type { BodyInput } from '../http/body.ts';
import { checkHeader } from '../protocol/check-header.ts';
import { formatScalar, type Operation, wireName } from './operation.ts';

/** An operation with its input as one HTTP request, before anybody knows where it goes or who signs it. */
export interface OperationRequest {
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** Not yet encoded, in no order. */
  readonly query: [name: string, value: string | undefined][];
  /** Lower-case names. */
  readonly headers: Record<string, string>;
  readonly body: BodyInput | undefined;
  /** The body is XML made here, not an object's bytes. */
  readonly document: boolean;
}

/**
 * @throws {TypeError} a member the operation does not have, one that must be given and is not, a value no header can
 * carry.
 */
export async function buildRequest(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
): Promise<OperationRequest> {
  const query: [string, string | undefined][] = [];
  const headers: Record<string, string> = {};
  let body: BodyInput | undefined;
  let document = false;
  if (operation.query !== undefined) query.push(operation.query.split('=') as [string, string | undefined]);
  for (const member in input) {
    const value = input[member];
    if (value === undefined || member === 'bucket' || member === 'key') continue;
    const field = operation.input[member];
    if (field === undefined || !Object.hasOwn(operation.input, member)) {
      throw new TypeError(`${operation.name} has no member '${member}'`);
    }
    const wire = wireName(member, field);
    if (field.place === 'header' || field.place === 'amz') {
      const text = formatScalar(field.type, value);
      checkHeader(wire, text);
      headers[wire] = text;
    } else if (field.place === 'query') query.push([wire, formatScalar(field.type, value)]);
    else if (field.place === 'headers') {
      const { writeMetadata } = await import('../protocol/write-metadata.ts');
      Object.assign(headers, writeMetadata(value as Record<string, string>));
    } else if (field.place === 'xml') {
      const { writeXml } = await import('./write-xml.ts');
      body = writeXml(wire, field.type, value);
      headers['content-type'] = 'application/xml';
      document = true;
    } else body = value as BodyInput;
  }
  for (const member in operation.input) {
    if (operation.input[member]?.required && input[member] === undefined) {
      throw new TypeError(`${operation.name} needs '${member}'`);
    }
  }
  return {
    bucket: input['bucket'] as string | undefined,
    key: input['key'] as string | undefined,
    query,
    headers,
    body,
    document,
  };
}
