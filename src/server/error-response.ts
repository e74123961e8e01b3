import type { ServerRequest, ServerResponse } from './exchange.ts';
import type { RefusedRequest } from './refused-request.ts';
import { textElement, xmlDeclaration, xmlElement, xmlType } from './xml-response.ts';

/** A refusal as S3's error document; a HEAD has no place for one and gets the status and headers alone. */
export function errorResponse(
  { status, code, message, fields, headers }: RefusedRequest,
  request: ServerRequest,
  requestId: string,
  hostId: string,
): ServerResponse {
  const region = fields['Region'] === undefined ? undefined : { 'x-amz-bucket-region': fields['Region'] };
  if (request.method === 'HEAD') return { status, headers: { ...headers, ...region } };
  const elements = Object.entries(fields).map(([name, text]) => textElement(name, text));
  return {
    status,
    headers: { ...headers, ...region, 'content-type': xmlType },
    body:
      xmlDeclaration +
      xmlElement(
        'Error',
        textElement('Code', code) +
          textElement('Message', message) +
          elements.join('') +
          textElement('Resource', request.rawPath) +
          textElement('RequestId', requestId) +
          textElement('HostId', hostId),
      ),
  };
}
