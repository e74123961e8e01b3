import { compareUtf8 } from '../protocol/compare-utf8.ts';
import { cannedAcl, openBucket } from './access.ts';
import type { Call } from './call.ts';
import type { ServerResponse } from './exchange.ts';
import { continuation, continuationToken, wholeNumber } from './paging.ts';
import { RefusedRequest } from './refused-request.ts';
import { openDocument } from './xml-request.ts';
import { ownerElement, textElement, xmlElement, xmlResponse } from './xml-response.ts';

export async function listBuckets(call: Call): Promise<ServerResponse> {
  const { caller, query } = call;
  if (caller === undefined) throw new RefusedRequest('AccessDenied');
  const prefix = query.get('prefix') ?? '';
  const region = query.get('bucket-region');
  const after = continuation(query);
  const limit = wholeNumber(query, 'max-buckets', 10_000);
  const buckets = (await call.store.buckets()).filter(
    (bucket) =>
      bucket.owner === caller &&
      bucket.name.startsWith(prefix) &&
      (region === undefined || bucket.region === region) &&
      compareUtf8(bucket.name, after) > 0,
  );
  const page = buckets.slice(0, limit);
  const entries = page.map((bucket) =>
    xmlElement(
      'Bucket',
      textElement('Name', bucket.name) +
        textElement('CreationDate', new Date(bucket.created).toISOString()) +
        textElement('BucketRegion', bucket.region),
    ),
  );
  return xmlResponse(
    'ListAllMyBucketsResult',
    ownerElement('Owner', caller) +
      xmlElement('Buckets', entries.join('')) +
      (page.length < buckets.length
        ? textElement('ContinuationToken', continuationToken(page.at(-1)?.name ?? ''))
        : '') +
      (prefix === '' ? '' : textElement('Prefix', prefix)),
  );
}

/** As in regions other than us-east-1, making one's own bucket again is a conflict. */
export async function createBucket(call: Call): Promise<ServerResponse> {
  const { store, caller, region, bucket: name } = call;
  if (caller === undefined) throw new RefusedRequest('AccessDenied');
  const acl = cannedAcl(call.headers, 'bucket');
  checkLocation(readLocationConstraint(call.text), region);
  if (!(await store.createBucket({ name, created: call.now, owner: caller, region, acl }))) {
    const mine = (await store.bucket(name))?.owner === caller;
    throw new RefusedRequest(mine ? 'BucketAlreadyOwnedByYou' : 'BucketAlreadyExists', {
      fields: { BucketName: name },
    });
  }
  return { status: 200, headers: { location: `/${name}` } };
}

export async function deleteBucket(call: Call): Promise<ServerResponse> {
  const { name } = await openBucket(call, 'FULL_CONTROL');
  const outcome = await call.store.deleteBucket(name);
  if (outcome === 'missing') throw new RefusedRequest('NoSuchBucket', { fields: { BucketName: name } });
  if (outcome === 'not-empty') throw new RefusedRequest('BucketNotEmpty', { fields: { BucketName: name } });
  return { status: 204, headers: {} };
}

export async function headBucket(call: Call): Promise<ServerResponse> {
  const bucket = await openBucket(call, 'READ');
  return {
    status: 200,
    headers: { 'x-amz-bucket-region': bucket.region, 'content-type': 'application/xml' },
  };
}

export async function getBucketLocation(call: Call): Promise<ServerResponse> {
  const { region } = await openBucket(call, 'FULL_CONTROL');
  return xmlResponse('LocationConstraint', region === defaultRegion ? '' : region);
}

/** The region that has no location constraint. */
const defaultRegion = 'us-east-1';

function checkLocation(constraint: string | undefined, region: string): void {
  const expected = region === defaultRegion ? undefined : region;
  if (constraint === expected) return;
  if (constraint === undefined) throw new RefusedRequest('IllegalLocationConstraintException');
  throw new RefusedRequest('InvalidLocationConstraint', { fields: { LocationConstraint: constraint } });
}

function readLocationConstraint(text: string): string | undefined {
  if (text === '') return undefined;
  const xml = openDocument(text, 'CreateBucketConfiguration');
  let constraint: string | undefined;
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    // Directory buckets and tags of buckets are not to be had here.
    if (name !== 'LocationConstraint') {
      throw new RefusedRequest('NotImplemented', { fields: { Element: name } });
    }
    constraint = xml.text();
  }
  xml.end();
  return constraint || undefined;
}
