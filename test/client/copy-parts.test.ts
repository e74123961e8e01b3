import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copy } from '../../src/client/copy.ts';
import { embeddedServer, pattern, sha256 } from '../support/embedded-server.ts';
import {
  type Answer,
  errorXml,
  type RecordedRequest,
  type Step,
  scriptedSender,
} from '../support/scripted-transport.ts';

const MiB = 1024 ** 2;
const GiB = 1024 * MiB;
const { conn, count, meddled } = await embeddedServer();
const data = pattern(12 * MiB + 1);
const inParts = { multipartThreshold: 5 * MiB, partSize: 5 * MiB };
const beside = {
  contentType: 'text/x-test',
  metadata: { who: 'Zoë' },
  expires: 60,
  storageClass: 'STANDARD_IA',
  tags: { 'a b': 'ü&=', c: '' },
  headers: { 'content-language': 'de', 'content-disposition': 'inline' },
};
await conn.upload('source', data, beside);

async function leftovers(): Promise<number> {
  return (await conn.getAllMultipartUploads()).length;
}

async function tagsOf(key: string): Promise<Record<string, string>> {
  const { getObjectTagging } = await import('../../src/operations/index.ts');
  const { tagSet } = await conn.send(getObjectTagging, { bucket: 'bkt', key });
  return Object.fromEntries(tagSet.map(({ key, value }) => [key, value]));
}

test('a copy in parts has all that the source has', async () => {
  const sent = count();
  const { status, etag } = await conn.copy({ fromKey: 'source', toKey: 'copy é', ...inParts });
  assert.equal(status, 200);
  assert.match(etag ?? '', /-3$/);
  assert.deepEqual([sent('UploadPartCopy'), sent('CopyObject')], [3, 0]);
  assert.equal(sha256(await (await conn.get('copy é')).bytes()), sha256(data));
  const { contentType, metadata, storageClass, headers } = await conn.headObject('copy é');
  assert.equal(contentType, 'text/x-test');
  assert.deepEqual({ ...metadata }, { who: 'Zoë' });
  assert.equal(storageClass, 'STANDARD_IA');
  assert.equal(headers['cache-control'], 'max-age=60, private');
  assert.equal(headers['content-language'], 'de');
  assert.equal(headers['content-disposition'], 'inline');
  assert.deepEqual(await tagsOf('copy é'), beside.tags);
});

test('a copy in parts has what it is given instead', async () => {
  const given = {
    metadata: { new: '1' },
    tags: { t: 'u' },
    contentType: 'text/new',
    storageClass: 'GLACIER',
  };
  await conn.copy({ fromKey: 'source', toKey: 'given', ...inParts, ...given });
  const merged = await conn.headObject('given');
  assert.deepEqual({ ...merged.metadata }, { who: 'Zoë', new: '1' });
  assert.deepEqual([merged.contentType, merged.storageClass], ['text/new', 'GLACIER']);
  assert.deepEqual(await tagsOf('given'), { t: 'u' });
  await conn.copy({ fromKey: 'source', toKey: 'given', ...inParts, ...given, replace: true });
  const replaced = await conn.headObject('given');
  assert.deepEqual({ ...replaced.metadata }, { new: '1' });
  assert.equal(replaced.headers['cache-control'], undefined);
});

test('up to the threshold it is one request, with new tags too', async () => {
  const sent = count();
  const options = { multipartThreshold: data.length, tags: { one: '1' } };
  await conn.copy({ fromKey: 'source', toKey: 'one', ...options });
  assert.deepEqual([sent('UploadPartCopy'), sent('CopyObject')], [0, 1]);
  assert.deepEqual(await tagsOf('one'), { one: '1' });
  assert.deepEqual({ ...(await conn.headObject('one')).metadata }, { who: 'Zoë' });
});

test('conditions on the source and on what is there', async () => {
  await assert.rejects(conn.copy({ fromKey: 'source', toKey: 'cond', ifMatch: 'other', ...inParts }), {
    status: 412,
  });
  const { etag } = await conn.headObject('source');
  for (const how of [inParts, {}]) {
    const options = { fromKey: 'source', toKey: 'cond', ifMatch: etag, ifNoneMatch: '*', ...how };
    await conn.copy(options);
    await assert.rejects(conn.copy(options), { code: 'PreconditionFailed' });
    await conn.delete('cond');
  }
  assert.equal(await leftovers(), 0);
});

test('a source that changes meanwhile is an error, and nothing stays', async () => {
  let copied = 0;
  const changing = meddled(async ({ label }, send) => {
    if (label.startsWith('UploadPartCopy') && ++copied === 3) await conn.upload('changing', data.subarray(1));
    return send();
  });
  await conn.upload('changing', data);
  const options = { fromKey: 'changing', toKey: 'changed', ...inParts, concurrency: 1 };
  await assert.rejects(changing.copy(options), { code: 'PreconditionFailed', operation: 'UploadPartCopy' });
  assert.equal(copied, 3);
  assert.equal(await conn.exists('changed'), false);
  assert.equal(await leftovers(), 0);
});

test('an abort by the signal leaves nothing', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const hanging = meddled(({ label }, send, signal) => {
    if (!label.startsWith('UploadPartCopy')) return send();
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      setTimeout(() => controller.abort(reason));
    });
  });
  const options = { fromKey: 'source', toKey: 'aborted', ...inParts, signal: controller.signal };
  await assert.rejects(hanging.copy(options), reason);
  assert.equal(await leftovers(), 0);
});

test('nonsense is refused before anything is sent', async () => {
  const copied = (options: object) => conn.copy({ fromKey: 'source', toKey: 'x', ...options });
  await assert.rejects(copied({ partSize: 1 }), RangeError);
  await assert.rejects(copied({ concurrency: 0 }), RangeError);
  await assert.rejects(copied({ multipartThreshold: -1 }), RangeError);
});

// --- what a server says of more than 5 GiB

const head = (size: number): Answer => ({
  headers: { etag: '"src"', 'content-length': `${size}`, 'x-amz-meta-a': 'b' },
});
const begun: Answer = {
  body: '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>',
};
const tags: Answer = {
  body: '<Tagging><TagSet><Tag><Key>k</Key><Value>v w</Value></Tag></TagSet></Tagging>',
};
const part: Answer = { body: '<CopyPartResult><ETag>"p"</ETag></CopyPartResult>' };
const done: Answer = {
  body: '<CompleteMultipartUploadResult><ETag>"c-2"</ETag></CompleteMultipartUploadResult>',
};
const refusal = (code: string): Answer => ({ status: 400, body: errorXml(code) });

async function copyFrom(steps: Step[]): Promise<{ etag: string | undefined; requests: RecordedRequest[] }> {
  const { sender, requests, transport } = scriptedSender(steps);
  const { etag } = await copy(sender, { fromKey: 'a b', toKey: 'to', partSize: 4 * GiB });
  assert.equal(transport.left(), 0);
  return { etag, requests };
}

for (const code of ['InvalidRequest', 'EntityTooLarge']) {
  test(`${code} because of the size: the copy is made in parts`, async () => {
    const { etag, requests } = await copyFrom([
      refusal(code),
      head(5 * GiB + 1),
      tags,
      begun,
      part,
      part,
      done,
    ]);
    assert.equal(etag, 'c-2');
    assert.equal(requests[3]?.headers['x-amz-tagging'], 'k=v%20w');
    assert.equal(requests[3]?.headers['x-amz-meta-a'], 'b');
    const parts = requests
      .slice(4, 6)
      .map(({ headers }) => [
        headers['x-amz-copy-source'],
        headers['x-amz-copy-source-if-match'],
        headers['x-amz-copy-source-range'],
      ]);
    assert.deepEqual(parts, [
      ['bkt/a%20b', '"src"', `bytes=0-${4 * GiB - 1}`],
      ['bkt/a%20b', '"src"', `bytes=${4 * GiB}-${5 * GiB}`],
    ]);
  });
}

test('InvalidRequest for another reason stays one', async () => {
  const { sender } = scriptedSender([refusal('InvalidRequest'), head(5 * GiB)]);
  await assert.rejects(copy(sender, { fromKey: 'a', toKey: 'a' }), { code: 'InvalidRequest' });
  const blind = scriptedSender([refusal('InvalidRequest'), { status: 403 }]);
  await assert.rejects(copy(blind.sender, { fromKey: 'a', toKey: 'a' }), { code: 'InvalidRequest' });
});

test('tags that nobody may read are no tags, unless the source is known to have some', async () => {
  const denied: Answer = { status: 403, body: errorXml('AccessDenied') };
  const { requests } = await copyFrom([
    refusal('InvalidRequest'),
    head(6 * GiB),
    denied,
    begun,
    part,
    part,
    done,
  ]);
  assert.equal(requests[3]?.headers['x-amz-tagging'], undefined);
  const counted = head(6 * GiB);
  const tagged = { headers: { ...counted.headers, 'x-amz-tagging-count': '1' } };
  await assert.rejects(copyFrom([refusal('InvalidRequest'), tagged, denied]), { code: 'AccessDenied' });
});

test('an error inside the 200 of a part is retried', async () => {
  const inside: Answer = { body: errorXml('InternalError') };
  const { etag } = await copyFrom([
    refusal('InvalidRequest'),
    head(6 * GiB),
    tags,
    begun,
    inside,
    part,
    part,
    done,
  ]);
  assert.equal(etag, 'c-2');
});
