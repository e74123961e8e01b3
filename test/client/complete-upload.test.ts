import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeUpload } from '../../src/client/complete-upload.ts';
import type { UploadedPart } from '../../src/client/list-parts.ts';
import type { OpenUpload } from '../../src/client/open-upload.ts';
import { upload } from '../../src/client/upload.ts';
import { TransportError } from '../../src/http/transport.ts';
import { nodeHashes } from '../../src/node/hash.ts';
import { compositeChecksum } from '../../src/protocol/compute-checksum.ts';
import { S3Error } from '../../src/protocol/error.ts';
import { type Answer, errorXml, type Step, scriptedSender } from '../support/scripted-transport.ts';

const open: OpenUpload = { bucket: 'bkt', key: 'k', uploadId: 'u', checksum: undefined, call: {} };
const parts: readonly UploadedPart[] = [
  { partNumber: 1, size: 10, etag: '"0cc175b9c0f1b6a831c399e269772661"' },
  { partNumber: 2, size: 3, etag: '"92eb5ffee6ae2fec3ad71c777531578f"' },
];
/** The MD5 of both MD5s. */
const etag = '96e024ba2074fe77e8e965ba43a704be-2';

const ok: Answer = {
  headers: { 'x-amz-version-id': 'v1' },
  body: '\n  <CompleteMultipartUploadResult><ETag>"e-2"</ETag></CompleteMultipartUploadResult>',
};
const lost = new TransportError('interrupted', 'gone');
const late = new TransportError('timeout', 'late', { phase: 'firstByte' });
const unreachable = new TransportError('connect', 'refused');
const gone: Answer = { status: 404, body: errorXml('NoSuchUpload') };
const notFound: Answer = { status: 404 };
const there: Answer = { body: '<ListPartsResult><IsTruncated>false</IsTruncated></ListPartsResult>' };
const ours: Answer = { headers: { etag: `"${etag}"`, 'content-length': '13', 'x-amz-version-id': 'v2' } };
const other: Answer = { headers: { etag: '"else"', 'content-length': '13' } };
const denied: Answer = { status: 403, body: errorXml('AccessDenied') };
const inside: Answer = { body: errorXml('InternalError') };
const broken: Answer = { body: '<CompleteMultipartUploadResult><ETag>' };
const busy: Answer = { status: 503, body: errorXml('SlowDown') };
const failedCondition: Answer = { status: 412, body: errorXml('PreconditionFailed') };

type Outcome = { etag: string | undefined } | string;

/** What is answered, what comes of it, and what was asked. */
const cases: Record<string, [steps: Step[], outcome: Outcome, asked: string]> = {
  'answered at once': [[ok], { etag: 'e-2' }, 'Complete'],
  'an answer lost, the object there': [[lost, gone, ours], { etag }, 'Complete ListParts Head'],
  'an answer late, the object there': [[late, gone, ours], { etag }, 'Complete ListParts Head'],
  'an answer cut off, the object there': [[broken, gone, ours], { etag }, 'Complete ListParts Head'],
  'an answer lost, the upload still there': [
    [lost, there, ok],
    { etag: 'e-2' },
    'Complete ListParts Complete',
  ],
  'answers lost again and again, the object there in the end': [
    [lost, there, lost, gone, ours],
    { etag },
    'Complete ListParts Complete ListParts Head',
  ],
  'late work: no such upload the second time': [
    [lost, there, gone, ours],
    { etag },
    'Complete ListParts Complete Head',
  ],
  'late work: the condition fails on what was just made': [
    [lost, there, failedCondition, ours],
    { etag },
    'Complete ListParts Complete Head',
  ],
  'the condition fails on what another made': [
    [lost, there, failedCondition, other],
    'PreconditionFailed',
    'Complete ListParts Complete Head',
  ],
  'busy, then no such upload, the object there': [[busy, gone, ours], { etag }, 'Complete Complete Head'],
  'an answer lost, another object there': [[lost, gone, other], 'UnknownOutcome', 'Complete ListParts Head'],
  'an answer lost, no object there': [[lost, gone, notFound], 'UnknownOutcome', 'Complete ListParts Head'],
  'an answer lost, and nobody may look': [[lost, denied], 'UnknownOutcome', 'Complete ListParts'],
  'an answer lost, and nobody may look at the object': [
    [lost, gone, denied],
    'UnknownOutcome',
    'Complete ListParts Head',
  ],
  'every answer lost, the upload still there': [
    [lost, there, lost, there, late, there],
    'UnknownOutcome',
    'Complete ListParts Complete ListParts Complete ListParts',
  ],
  'no such upload, ever': [[gone], 'NoSuchUpload', 'Complete'],
  'a condition that fails': [[failedCondition], 'PreconditionFailed', 'Complete'],
  refused: [[denied], 'AccessDenied', 'Complete'],
  'an error inside 200, then done': [[inside, ok], { etag: 'e-2' }, 'Complete Complete'],
  'an error inside 200 that stays': [[{ body: errorXml('AccessDenied') }], 'AccessDenied', 'Complete'],
  'no ETag in the answer': [
    [{ body: '<CompleteMultipartUploadResult><ETag/></CompleteMultipartUploadResult>' }, ours],
    { etag },
    'Complete Head',
  ],
  'no ETag in the answer, and nobody may look': [
    [{ body: '<CompleteMultipartUploadResult/>' }, denied],
    { etag: undefined },
    'Complete Head',
  ],
};

for (const [name, [steps, outcome, asked]] of Object.entries(cases)) {
  test(`completing: ${name}`, async () => {
    const { sender, requests, transport } = scriptedSender(steps);
    const completed = completeUpload(sender, open, parts, {});
    if (typeof outcome === 'string') {
      const error = await completed.then(
        () => assert.fail('it was completed'),
        (error: unknown) => error,
      );
      assert.ok(error instanceof S3Error, String(error));
      assert.equal(error.code, outcome);
      assert.equal(error.key, 'k');
    } else {
      assert.equal((await completed).etag, outcome.etag);
    }
    const names = { POST: 'Complete', GET: 'ListParts', HEAD: 'Head' } as Record<string, string>;
    assert.equal(requests.map(({ method }) => names[method]).join(' '), asked);
    assert.equal(transport.left(), 0);
  });
}

test('no connection at all is no unknown outcome', async () => {
  const { sender, transport } = scriptedSender([unreachable, unreachable, unreachable, unreachable]);
  await assert.rejects(completeUpload(sender, open, parts, {}), { code: 'NetworkError', attempts: 4 });
  assert.equal(transport.left(), 0);
});

test('an error that stays is the error, however often it is asked', async () => {
  const { sender, requests } = scriptedSender(
    Array.from({ length: 30 }, () => (request) => (request.method === 'GET' ? there : inside)),
  );
  await assert.rejects(completeUpload(sender, open, parts, {}), { code: 'InternalError', status: 200 });
  assert.equal(requests.filter(({ method }) => method === 'POST').length, 12);
});

test('the list of parts, and what is found by HEAD', async () => {
  const { sender, requests } = scriptedSender([lost, gone, ours]);
  const { status, versionId } = await completeUpload(sender, open, parts, { ifMatch: 'old' });
  assert.deepEqual([status, versionId], [200, 'v2']);
  assert.equal(requests[0]?.headers['if-match'], 'old');
  assert.equal(
    Buffer.from(requests[0]?.body ?? [])
      .toString()
      .replaceAll('&quot;', '"'),
    '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
      '<Part><ETag>"0cc175b9c0f1b6a831c399e269772661"</ETag><PartNumber>1</PartNumber></Part>' +
      '<Part><ETag>"92eb5ffee6ae2fec3ad71c777531578f"</ETag><PartNumber>2</PartNumber></Part>' +
      '</CompleteMultipartUpload>',
  );
});

test('ETags that are no MD5s leave the checksum to tell', async () => {
  const hidden = parts.map((part, i) => ({
    ...part,
    etag: `"opaque-${i}"`,
    checksum: ['AAAAAA==', 'AAAAAQ=='][i],
  }));
  const crc: OpenUpload = { ...open, checksum: 'CRC32' };
  const head = (checksum: string, size: number): Answer => ({
    headers: { etag: '"opaque"', 'content-length': `${size}`, 'x-amz-checksum-crc32': checksum },
  });
  const { sender, requests } = scriptedSender([lost, gone, (request) => head(sent(request), 13)]);
  const sent = (_: unknown) => requests[0]?.headers['x-amz-checksum-crc32'] ?? '';
  assert.equal((await completeUpload(sender, crc, hidden, {})).etag, 'opaque');
  for (const [checksum, size] of [
    [sent(0), 12],
    ['AAAAAA==', 13],
  ] as const) {
    const { sender } = scriptedSender([lost, gone, head(checksum, size)]);
    await assert.rejects(completeUpload(sender, crc, hidden, {}), { code: 'UnknownOutcome' });
  }
  const digests = parts.map((part) => ({
    ...part,
    etag: 'x',
    checksum: Buffer.alloc(20).toString('base64'),
  }));
  const whole = compositeChecksum(
    'SHA1',
    digests.map((part) => part.checksum),
    nodeHashes,
  );
  const found = { headers: { etag: '"o"', 'content-length': '13', 'x-amz-checksum-sha1': whole } };
  const sha1 = scriptedSender([lost, gone, found]);
  assert.equal((await completeUpload(sha1.sender, { ...open, checksum: 'SHA1' }, digests, {})).etag, 'o');
  assert.equal(sha1.requests[0]?.headers['x-amz-checksum-type'], 'COMPOSITE');
  // A checksum of the list of parts would be taken for the object's.
  assert.equal(sha1.requests[0]?.headers['x-amz-checksum-sha1'], undefined);
});

test('an upload of unknown outcome is not aborted', async () => {
  const begin = {
    body: '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>',
  };
  const { sender, requests } = scriptedSender([begin, { headers: { etag: '"e"' } }, lost, gone, notFound]);
  await assert.rejects(upload(sender, 'k', 'x', { multipartThreshold: 0 }), { code: 'UnknownOutcome' });
  assert.ok(requests.every(({ method }) => method !== 'DELETE'));
});

test("the signal's reason, also between two attempts", async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const { sender } = scriptedSender([
    () => {
      controller.abort(reason);
      return lost;
    },
  ]);
  await assert.rejects(completeUpload(sender, open, parts, { signal: controller.signal }), reason);
});
