import { parseQuery } from '../protocol/uri.ts';
import { openObject } from './access.ts';
import type { Call } from './call.ts';
import type { ServerResponse } from './exchange.ts';
import { invalidArgument, RefusedRequest } from './refused-request.ts';
import { openDocument, readFields } from './xml-request.ts';
import { textElement, xmlElement, xmlResponse } from './xml-response.ts';

type Tags = Readonly<Record<string, string>>;

export async function getObjectTagging(call: Call): Promise<ServerResponse> {
  const { record } = await openObject(call, 'FULL_CONTROL');
  const tags = Object.entries(record.tags ?? {}).map(([key, value]) =>
    xmlElement('Tag', textElement('Key', key) + textElement('Value', value)),
  );
  return xmlResponse('Tagging', xmlElement('TagSet', tags.join('')));
}

export async function putObjectTagging(call: Call): Promise<ServerResponse> {
  await openObject(call, 'FULL_CONTROL');
  const tags = checkTags(readTagging(call.text));
  await call.store.updateObject(call.bucket, call.key, (record) => ({ ...record, tags }));
  return { status: 200, headers: {} };
}

export async function deleteObjectTagging(call: Call): Promise<ServerResponse> {
  await openObject(call, 'FULL_CONTROL');
  await call.store.updateObject(call.bucket, call.key, (record) => ({ ...record, tags: undefined }));
  return { status: 204, headers: {} };
}

/**
 * The tags of an `x-amz-tagging` header: `name=value&...`, percent-encoded.
 *
 * @throws {RefusedRequest} InvalidArgument, InvalidTag
 */
export function tagsOfHeader(header: string | undefined): Tags | undefined {
  if (header === undefined || header === '') return undefined;
  const pairs = parseQuery(header);
  if (!pairs) throw invalidArgument('x-amz-tagging', header);
  return checkTags(pairs);
}

function readTagging(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  const xml = openDocument(text, 'Tagging');
  if (xml.child() !== 'TagSet') throw new RefusedRequest('MalformedXML');
  for (let tag = xml.child(); tag !== undefined; tag = xml.child()) {
    const fields = readFields(xml);
    const key = fields.get('Key');
    const value = fields.get('Value');
    if (tag !== 'Tag' || key === undefined || value === undefined) throw new RefusedRequest('MalformedXML');
    pairs.push([key, value]);
  }
  if (xml.child() !== undefined) throw new RefusedRequest('MalformedXML');
  xml.end();
  return pairs;
}

/** S3 allows ten tags, keys of up to 128 and values of up to 256 characters. */
function checkTags(pairs: readonly (readonly [string, string])[]): Tags {
  if (pairs.length > 10) throw new RefusedRequest('InvalidTag', { message: 'An object can have 10 tags' });
  const tags: Record<string, string> = Object.create(null);
  for (const [key, value] of pairs) {
    if (
      key === '' ||
      [...key].length > 128 ||
      [...value].length > 256 ||
      key.startsWith('aws:') ||
      key in tags
    ) {
      throw new RefusedRequest('InvalidTag', { fields: { TagKey: key, TagValue: value } });
    }
    tags[key] = value;
  }
  return tags;
}
