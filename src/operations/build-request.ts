import type { BodyInput } from '../http/body.ts';
import { checkHeader } from '../protocol/check-header.ts';
import type { writeMetadata } from '../protocol/write-metadata.ts';
import { formatScalar, type Operation, wireName } from './operation.ts';
import type { writeXml } from './write-xml.ts';

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

/** What only some requests need, loaded for the first of them. */
let writers: { writeMetadata: typeof writeMetadata; writeXml: typeof writeXml } | undefined;

async function loadWriters(): Promise<void> {
  const [metadata, xml] = await Promise.all([
    import('../protocol/write-metadata.ts'),
    import('./write-xml.ts'),
  ]);
  writers = { writeMetadata: metadata.writeMetadata, writeXml: xml.writeXml };
}

/**
 * At once, but for the first request with metadata or an XML body.
 *
 * @throws {TypeError} a member the operation does not have, one that must be given and is not, a value no header can
 * carry.
 */
export function buildRequest(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
): OperationRequest | Promise<OperationRequest> {
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
    else if (field.place === 'headers' || field.place === 'xml') {
      if (writers === undefined) return loadWriters().then(() => buildRequest(operation, input));
      if (field.place === 'headers') {
        Object.assign(headers, writers.writeMetadata(value as Record<string, string>));
      } else {
        body = writers.writeXml(wire, field.type, value);
        headers['content-type'] = 'application/xml';
        document = true;
      }
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
