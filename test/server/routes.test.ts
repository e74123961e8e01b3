import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Harness, startHarness } from './s3-harness.ts';

const { ask, server }: Harness = await startHarness();
await ask('PUT', '/box/key', { body: 'x' });

const cases: [method: string, path: string, query: Record<string, string>, status: number, code?: string][] =
  [
    // S3's own sub-resources, which this server has not.
    ['GET', '/box', { versioning: '' }, 501, 'NotImplemented'],
    ['PUT', '/box', { policy: '' }, 501, 'NotImplemented'],
    ['DELETE', '/box', { lifecycle: '' }, 501, 'NotImplemented'],
    ['GET', '/box', { versions: '' }, 501, 'NotImplemented'],
    ['GET', '/box/key', { attributes: '' }, 501, 'NotImplemented'],
    ['DELETE', '/box/key', { annotation: '', annotationName: 'a' }, 501, 'NotImplemented'],
    ['POST', '/box/key', { select: '', 'select-type': '2' }, 501, 'NotImplemented'],
    ['POST', '/box/key', { restore: '' }, 501, 'NotImplemented'],
    ['POST', '/box', {}, 501, 'NotImplemented'],
    // Nobody's.
    ['GET', '/box', { nonsense: '' }, 501, 'NotImplemented'],
    ['DELETE', '/box/key', { nonsense: '' }, 501, 'NotImplemented'],
    ['DELETE', '/box', { uploadId: 'a' }, 501, 'NotImplemented'],
    ['GET', '/', { uploads: '' }, 501, 'NotImplemented'],
    // Both at once.
    ['GET', '/box/key', { acl: '', tagging: '' }, 400, 'InvalidArgument'],
    ['DELETE', '/box/key', { uploadId: 'a', tagging: '' }, 400, 'InvalidArgument'],
    // No such method.
    ['POST', '/box/key', {}, 405, 'MethodNotAllowed'],
    ['PUT', '/', {}, 405, 'MethodNotAllowed'],
    ['DELETE', '/box/key', { acl: '' }, 405, 'MethodNotAllowed'],
    ['PUT', '/box', { location: '' }, 405, 'MethodNotAllowed'],
    ['PATCH', '/box/key', {}, 405, 'MethodNotAllowed'],
    ['HEAD', '/box/key', { tagging: '' }, 405],
    // Versions.
    ['GET', '/box/key', { versionId: 'other' }, 404, 'NoSuchVersion'],
    ['DELETE', '/box/key', { versionId: 'other' }, 404, 'NoSuchVersion'],
    ['GET', '/box/key', { versionId: 'null' }, 200],
    // What S3 passes over.
    ['GET', '/box/key', { cache: 'buster' }, 200],
    ['GET', '/box/key', { 'x-id': 'GetObject' }, 200],
    ['GET', '/box', { prefix: '', delimiter: '', marker: '' }, 200],
    ['GET', '/box', { 'list-type': '3' }, 400, 'InvalidArgument'],
  ];

for (const [method, path, query, status, code] of cases) {
  test(`${method} ${path}?${Object.keys(query).join('&')} is ${code ?? status}`, async () => {
    const answer = await ask(method, path, { query });
    assert.deepEqual([answer.status, answer.xml('Code')], [status, code]);
    if (status === 405) assert.ok(answer.headers.get('allow'));
    assert.equal((await ask('HEAD', '/box/key')).status, 200, 'nothing has changed');
  });
}

test('who is not known learns nothing of what there is', async () => {
  for (const query of [{ nonsense: '' }, { versioning: '' }]) {
    assert.equal(
      (await ask('GET', '/box', { query, user: { accessKey: 'a', secretKey: 'b', name: 'c' } })).status,
      403,
    );
  }
  assert.equal(server.requests.at(-1)?.operation, undefined);
});
