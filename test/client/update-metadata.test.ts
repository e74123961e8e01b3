import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type UpdateMetadataOptions, updateMetadata } from '../../src/client/update-metadata.ts';
import {
  type Answer,
  errorXml,
  type RecordedRequest,
  scriptedSender,
} from '../support/scripted-transport.ts';

const head: Answer = {
  headers: {
    etag: '"old"',
    'content-type': 'text/plain',
    'cache-control': 'max-age=60, private',
    'x-amz-storage-class': 'STANDARD_IA',
    'x-amz-meta-a': '1',
  },
};
const copied: Answer = { body: '<CopyObjectResult><ETag>"new"</ETag></CopyObjectResult>' };

const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const owner = `<Grant><Grantee ${xsi} xsi:type="CanonicalUser"><ID>me</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>`;
const everyone = `<Grant><Grantee ${xsi} xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant>`;
const friend = `<Grant><Grantee ${xsi} xsi:type="CanonicalUser"><DisplayName>F</DisplayName><ID>friend</ID></Grantee><Permission>READ_ACP</Permission></Grant>`;

function acl(...grants: string[]): Answer {
  return {
    body: `<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><AccessControlList>${grants.join('')}</AccessControlList><Owner><ID>me</ID></Owner></AccessControlPolicy>`,
  };
}

function told({ method, path, headers }: RecordedRequest): string {
  const names = Object.keys(headers).filter(
    (name) => !/^(host|authorization|content-length|content-md5|x-amz-(date|content-sha256))$/.test(name),
  );
  return [`${method} ${path}`, ...names.sort().map((name) => `${name}: ${headers[name]}`)].join('\n');
}

const merged = [
  'PUT /k',
  'cache-control: max-age=60, private',
  'content-type: text/plain',
  'x-amz-copy-source: bkt/k',
  'x-amz-copy-source-if-match: "old"',
  'x-amz-meta-a: 1',
  'x-amz-meta-b: 2',
  'x-amz-metadata-directive: REPLACE',
  'x-amz-storage-class: STANDARD_IA',
].join('\n');

test('metadata is merged with what is there, of that ETag alone', async () => {
  const { sender, requests } = scriptedSender([head, acl(owner), copied]);
  const result = await updateMetadata(sender, 'k', { metadata: { b: '2' } });
  assert.deepEqual(requests.slice(0, 2).map(told), ['HEAD /k\nx-amz-checksum-mode: ENABLED', 'GET /k?acl=']);
  assert.equal(told(requests[2]!), merged);
  assert.equal(result.etag, 'new');
});

const rights: [name: string, answer: Answer, acl: string | undefined][] = [
  ['a private object', acl(owner), undefined],
  ['a public object', acl(owner, everyone), 'public-read'],
  ['a server without ACLs', { status: 501, body: errorXml('NotImplemented') }, undefined],
  ['a server that knows no ACLs here', { status: 405 }, undefined],
  ['somebody who may not read the ACL', { status: 403, body: errorXml('AccessDenied') }, undefined],
];
for (const [name, answer, expected] of rights) {
  test(`the rights stay as they are: ${name}`, async () => {
    const { sender, requests } = scriptedSender([head, answer, copied]);
    await updateMetadata(sender, 'k', { contentType: 'image/png' });
    assert.equal(requests[2]?.headers['x-amz-acl'], expected);
    assert.equal(requests.length, 3);
  });
}

test('other rights are granted again after the copy', async () => {
  const { sender, requests } = scriptedSender([head, acl(owner, everyone, friend), copied, {}]);
  await updateMetadata(sender, 'k', { metadata: { b: '2' } });
  assert.equal(told(requests[3]!), 'PUT /k?acl=\ncontent-type: application/xml');
  assert.equal(new TextDecoder().decode(requests[3]?.body), acl(owner, everyone, friend).body);
  assert.ok(requests[3]?.headers['content-md5']);
});

test('an ACL that cannot be had ends it before anything is changed', async () => {
  const { sender, requests } = scriptedSender([head, { status: 404, body: errorXml('NoSuchKey') }]);
  await assert.rejects(updateMetadata(sender, 'k', { metadata: {} }), { code: 'NoSuchKey' });
  assert.equal(requests.length, 2);
});

test('rights that are given need not be asked for', async () => {
  for (const [isPublic, expected] of [
    [true, 'public-read'],
    [false, undefined],
  ] as const) {
    const { sender, requests } = scriptedSender([head, copied]);
    await updateMetadata(sender, 'k', { metadata: {}, public: isPublic });
    assert.equal(requests[1]?.headers['x-amz-acl'], expected);
  }
});

test('public alone changes the ACL alone', async () => {
  for (const [isPublic, expected] of [
    [true, 'public-read'],
    [false, 'private'],
  ] as const) {
    const { sender, requests } = scriptedSender([{}]);
    await updateMetadata(sender, 'k', { public: isPublic });
    assert.deepEqual(requests.map(told), [`PUT /k?acl=\nx-amz-acl: ${expected}`]);
  }
});

test('replace: what is given and nothing else, but for the storage class', async () => {
  const { sender, requests } = scriptedSender([head, acl(owner), copied]);
  await updateMetadata(sender, 'k', { metadata: { b: '2' }, replace: true });
  assert.equal(
    told(requests[2]!),
    'PUT /k\nx-amz-copy-source: bkt/k\nx-amz-copy-source-if-match: "old"\nx-amz-meta-b: 2\nx-amz-metadata-directive: REPLACE\nx-amz-storage-class: STANDARD_IA',
  );
});

test("the storage class, and headers of the caller's, are changes", async () => {
  for (const [options, name, value] of [
    [{ storageClass: 'GLACIER' }, 'x-amz-storage-class', 'GLACIER'],
    [{ headers: { 'content-language': 'de' } }, 'content-language', 'de'],
    [{ expires: 'max' }, 'cache-control', 'max-age=31536000, private'],
  ] as [UpdateMetadataOptions, string, string][]) {
    const { sender, requests } = scriptedSender([head, acl(owner), copied]);
    await updateMetadata(sender, 'k', options);
    assert.equal(requests[2]?.headers[name], value);
    assert.equal(requests[2]?.headers['x-amz-metadata-directive'], 'REPLACE');
    assert.equal(requests[2]?.headers['x-amz-meta-a'], '1');
  }
});

test('an object that changed meanwhile is left as it is', async () => {
  const { sender } = scriptedSender([
    head,
    acl(owner),
    { status: 412, body: errorXml('PreconditionFailed') },
  ]);
  await assert.rejects(updateMetadata(sender, 'k', { metadata: {} }), {
    code: 'PreconditionFailed',
    status: 412,
  });
});

test('nothing to change is refused', async () => {
  const { sender, requests } = scriptedSender([]);
  for (const options of [{}, { bucket: 'bkt' }, { replace: true }]) {
    await assert.rejects(updateMetadata(sender, 'k', options), TypeError);
  }
  assert.equal(requests.length, 0);
});

test('the encryption stays as it is', async () => {
  const encrypted = {
    headers: {
      ...head.headers,
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:eu-west-1:1:key/k',
      'x-amz-server-side-encryption-customer-algorithm': 'AES256',
    },
  };
  const { sender, requests } = scriptedSender([encrypted, acl(owner), copied]);
  await updateMetadata(sender, 'k', { metadata: { b: '2' } });
  const { headers } = requests[2]!;
  assert.equal(headers['x-amz-server-side-encryption'], 'aws:kms');
  assert.equal(headers['x-amz-server-side-encryption-aws-kms-key-id'], 'arn:aws:kms:eu-west-1:1:key/k');
  assert.equal(headers['x-amz-server-side-encryption-customer-algorithm'], undefined);
});
