import type { XmlReader } from '../protocol/xml-reader.ts';
import { openBucket } from './access.ts';
import { checkKey } from './address.ts';
import type { Call } from './call.ts';
import { deleteCheck } from './conditions.ts';
import type { ServerResponse } from './exchange.ts';
import { invalidRequest, notImplemented, RefusedRequest } from './refused-request.ts';
import { openDocument, readFields } from './xml-request.ts';
import { textElement, xmlElement, xmlResponse } from './xml-response.ts';

export async function deleteObjects(call: Call): Promise<ServerResponse> {
  const bucket = await openBucket(call, 'WRITE');
  if (!call.body.hasDigest) {
    throw invalidRequest('Missing required header for this request: Content-MD5 or x-amz-checksum-*');
  }
  const { objects, quiet } = readDelete(call.text);
  let results = '';
  for (const object of objects) {
    const names =
      textElement('Key', object.key) + (object.versionId ? textElement('VersionId', object.versionId) : '');
    try {
      checkKey(object.key);
      if (object.versionId && object.versionId !== 'null') throw new RefusedRequest('NoSuchVersion');
      await call.store.deleteObject(bucket.name, object.key, deleteCheck(object.etag));
      if (!quiet) results += xmlElement('Deleted', names);
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error;
      results += xmlElement(
        'Error',
        names + textElement('Code', error.code) + textElement('Message', error.message),
      );
    }
  }
  return xmlResponse('DeleteResult', results);
}

interface Identifier {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly etag: string | undefined;
}

function readDelete(text: string): { readonly objects: Identifier[]; readonly quiet: boolean } {
  const xml = openDocument(text, 'Delete');
  const objects: Identifier[] = [];
  let quiet = false;
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    if (name === 'Object') objects.push(readIdentifier(xml));
    else if (name === 'Quiet') quiet = xml.text() === 'true';
    else throw new RefusedRequest('MalformedXML');
  }
  xml.end();
  if (objects.length < 1 || objects.length > 1000) throw new RefusedRequest('MalformedXML');
  return { objects, quiet };
}

function readIdentifier(xml: XmlReader): Identifier {
  const fields = readFields(xml);
  for (const name of ['LastModifiedTime', 'Size']) if (fields.has(name)) throw notImplemented(name);
  const key = fields.get('Key');
  if (key === undefined) throw new RefusedRequest('MalformedXML');
  if (key === '') throw new RefusedRequest('UserKeyMustBeSpecified');
  return { key, versionId: fields.get('VersionId'), etag: fields.get('ETag') };
}
