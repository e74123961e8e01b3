import { cannedAcl, everyone, type Grant, grantsOf, openBucket, openObject } from './access.ts';
import type { Call } from './call.ts';
import type { ServerResponse } from './exchange.ts';
import { notImplemented, RefusedRequest } from './refused-request.ts';
import { ownerElement, textElement, xmlElement, xmlResponse } from './xml-response.ts';

export async function getBucketAcl(call: Call): Promise<ServerResponse> {
  const { acl, owner } = await openBucket(call, 'READ_ACP');
  return accessControlPolicy(owner, grantsOf(acl, owner, owner));
}

export async function putBucketAcl(call: Call): Promise<ServerResponse> {
  const { name } = await openBucket(call, 'WRITE_ACP');
  const acl = givenAcl(call, 'bucket');
  await call.store.updateBucket(name, (record) => ({ ...record, acl }));
  return { status: 200, headers: {} };
}

export async function getObjectAcl(call: Call): Promise<ServerResponse> {
  const { record, bucket } = await openObject(call, 'READ_ACP');
  return accessControlPolicy(record.owner, grantsOf(record.acl, record.owner, bucket.owner));
}

export async function putObjectAcl(call: Call): Promise<ServerResponse> {
  await openObject(call, 'WRITE_ACP');
  const acl = givenAcl(call, 'object');
  await call.store.updateObject(call.bucket, call.key, (record) => ({ ...record, acl }));
  return { status: 200, headers: {} };
}

/** Canned ACLs only: one spelled out as XML is not implemented. */
function givenAcl(call: Call, scope: 'bucket' | 'object'): string {
  if (call.headers['x-amz-acl'] !== undefined) return cannedAcl(call.headers, scope);
  if (call.text !== '') throw notImplemented('AccessControlPolicy');
  throw new RefusedRequest('MissingSecurityHeader', { fields: { MissingHeaderName: 'x-amz-acl' } });
}

function accessControlPolicy(owner: string, grants: readonly Grant[]): ServerResponse {
  const elements = grants.map(({ grantee, permission }) =>
    xmlElement('Grant', granteeElement(grantee) + textElement('Permission', permission)),
  );
  return xmlResponse(
    'AccessControlPolicy',
    ownerElement('Owner', owner) + xmlElement('AccessControlList', elements.join('')),
  );
}

function granteeElement(grantee: Grant['grantee']): string {
  const type = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type=';
  if (typeof grantee === 'string') {
    return xmlElement(
      'Grantee',
      textElement('ID', grantee) + textElement('DisplayName', grantee),
      `${type}"CanonicalUser"`,
    );
  }
  const group = grantee === everyone ? 'AllUsers' : 'AuthenticatedUsers';
  return xmlElement(
    'Grantee',
    textElement('URI', `http://acs.amazonaws.com/groups/global/${group}`),
    `${type}"Group"`,
  );
}
