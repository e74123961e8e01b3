import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { Connection as PortableConnection } from '../../src/client/connection.ts';
import { MultipartUpload, type MultipartUploadOptions } from '../../src/client/multipart-upload.ts';
import type { Progress } from '../../src/client/options.ts';
import { Pool } from '../../src/index.node.ts';
import { nodeHashes } from '../../src/node/hash.ts';
import { S3Error } from '../../src/protocol/error.ts';
import { chunked, embeddedServer, pattern, sha256 } from '../support/embedded-server.ts';
import { scriptedTransport } from '../support/scripted-transport.ts';

const MiB = 1024 ** 2;
const { server, conn, meddled, count } = await embeddedServer();
const data = pattern(18 * MiB + 3);
const folder = await mkdtemp(join(tmpdir(), 'multipart-upload-'));
const path = join(folder, 'data.bin');
await writeFile(path, data);
after(() => rm(folder, { recursive: true }));

const small: MultipartUploadOptions = { partSize: 5 * MiB };

async function holds(key: string, bytes: Uint8Array = data): Promise<void> {
  assert.equal(sha256(await (await conn.get(key)).bytes()), sha256(bytes));
}

async function leftovers(): Promise<number> {
  return (await conn.getAllMultipartUploads()).length;
}

/** Fails, or never answers, from some part on. */
function failing(from: number, hang = false) {
  return meddled(({ label, path }, send, signal) => {
    const part = Number(/partNumber=(\d+)/.exec(path)?.[1]);
    if (!label.startsWith('UploadPart') || part < from) return send();
    if (!hang) return Promise.reject(new S3Error('AccessDenied', 'No', { status: 403 }));
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  });
}

const sources = {
  'a path': () => path,
  'a URL': () => pathToFileURL(path),
  bytes: () => data,
  'a Blob': () => new Blob([data]),
  'a stream': () => Readable.from(chunked(data, 100_000)),
  'a web stream': () => new Blob([data]).stream(),
  'an iterable': () => chunked(data, 1_000_000),
};

for (const [name, source] of Object.entries(sources)) {
  test(`an upload from ${name}`, async () => {
    await using upload = await MultipartUpload.start(conn, source(), 'any', small);
    assert.match(upload.uploadId, /^\w+$/);
    assert.deepEqual([upload.bucket, upload.key], ['bkt', 'any']);
    const { status, etag } = await upload.done();
    assert.equal(status, 200);
    assert.match(etag ?? '', /-4$/);
    await holds('any');
  });
}

test('nothing, and less than a part, are one part', async () => {
  for (const size of [0, 1]) {
    const sent = count();
    const upload = await MultipartUpload.start(conn, chunked(data.subarray(0, size), 1), 'tiny', 'bkt');
    assert.match((await upload.done()).etag ?? '', /-1$/);
    assert.equal(sent('UploadPart'), 1);
    await holds('tiny', data.subarray(0, size));
  }
});

test('progress comes by callback and as an iterable, and ends with the upload', async () => {
  const called: Progress[] = [];
  const onProgress = (progress: Progress) => called.push(progress);
  const upload = await MultipartUpload.start(conn, path, 'progress', {
    ...small,
    concurrency: 1,
    onProgress,
  });
  const seen: Progress[] = [];
  for await (const progress of upload.progress) seen.push(progress);
  const expected = [5, 10, 15, 18].map((loaded, i) => ({
    loaded: i === 3 ? data.length : loaded * MiB,
    total: data.length,
    parts: i + 1,
  }));
  assert.deepEqual(called, expected);
  assert.deepEqual(seen, expected);
  await upload.done();
  for await (const progress of upload.progress) assert.deepEqual(progress, expected[3]);
});

test('a failure aborts the upload; nobody has to ask for it', async () => {
  const upload = await MultipartUpload.start(failing(2), path, 'fails', small);
  for await (const _ of upload.progress);
  assert.equal(await leftovers(), 0);
  await assert.rejects(upload.done(), { code: 'AccessDenied' });
  await upload[Symbol.asyncDispose]();
});

test('leaving the block without done() aborts, and waits for that', async () => {
  const reached = assert.rejects(async () => {
    await using upload = await MultipartUpload.start(failing(2, true), path, 'left', small);
    assert.ok(upload.uploadId);
    throw new Error('of the block');
  }, /of the block/);
  await reached;
  assert.equal(await leftovers(), 0);
  assert.equal(await conn.exists('left'), false);
});

test('abort() ends what is on its way, and a source that hangs', async () => {
  let destroyed = false;
  const hanging = new Readable({
    read() {},
    destroy(_, done) {
      destroyed = true;
      done(null);
    },
  });
  hanging.push(data);
  const upload = await MultipartUpload.start(conn, hanging, 'aborted', small);
  await upload.abort();
  assert.ok(destroyed);
  assert.equal(await leftovers(), 0);
  await assert.rejects(upload.done(), { name: 'AbortError' });
  await upload.abort();
});

test('abort() after done() changes nothing', async () => {
  const upload = await MultipartUpload.start(conn, data, 'kept');
  await upload.done();
  const sent = server.requests.length;
  await upload.abort();
  await upload[Symbol.asyncDispose]();
  assert.equal(server.requests.length, sent);
  await holds('kept');
});

test('abort() says when the server did not abort', async () => {
  const stubborn = meddled(({ label }, send) =>
    label.startsWith('Abort') ? Promise.reject(new S3Error('Teapot', 'No', { status: 418 })) : send(),
  );
  const upload = await stubborn.initiateMultipartUpload('stubborn');
  await assert.rejects(upload.abort(), { code: 'Teapot' });
  for (const each of await conn.getAllMultipartUploads()) await each.abort();
});

test("the signal's reason, and no listener left", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: never) => {
    listeners++;
    add(type, listener);
  };
  signal.removeEventListener = (type: string, listener: never) => {
    listeners--;
    remove(type, listener);
  };
  await (await MultipartUpload.start(conn, path, 'signal', { signal })).done();
  assert.equal(Math.max(listeners, 0), 0);
  const reason = new Error('enough');
  const upload = await MultipartUpload.start(failing(1, true), path, 'signal', { signal });
  controller.abort(reason);
  await assert.rejects(upload.done(), reason);
  assert.equal(await leftovers(), 0);
  await assert.rejects(MultipartUpload.start(conn, path, 'signal', { signal }), reason);
});

test('an upload is resumed from its state, with only the parts that are missing', async () => {
  for (const name of ['a path', 'a Blob', 'a stream'] as const) {
    const source = sources[name];
    const options = {
      ...small,
      concurrency: 2,
      leaveParts: true,
      checksum: 'CRC32',
      metadata: { a: 'b' },
    } as const;
    const upload = await MultipartUpload.start(failing(3), source(), 'resumed', options);
    const state = upload.state();
    await assert.rejects(upload.done(), { code: 'AccessDenied' });
    await upload[Symbol.asyncDispose]();
    assert.equal(await leftovers(), 1, name);

    const sent = count();
    const seen: Progress[] = [];
    await using again = await MultipartUpload.resume(conn, state, source(), {
      onProgress: (progress) => seen.push(progress),
    });
    await again.done();
    assert.equal(sent('UploadPart'), 2, name);
    assert.equal(sent('CreateMultipartUpload'), 0);
    assert.equal(seen.at(-1)?.loaded, data.length);
    await holds('resumed');
    assert.deepEqual({ ...(await conn.headObject('resumed')).metadata }, { a: 'b' });
    assert.equal(await leftovers(), 0);
  }
});

test('an upload that is disposed of can be left to be resumed', async () => {
  let state: string;
  {
    await using upload = await MultipartUpload.start(failing(3, true), path, 'disposed', {
      ...small,
      leaveParts: true,
    });
    state = upload.state();
    for await (const { parts } of upload.progress) if (parts === 2) break;
  }
  assert.equal(await leftovers(), 1);
  await (await MultipartUpload.resume(conn, state, path)).done();
  await holds('disposed');
});

test('a part of another size is sent again', async () => {
  const upload = await conn.initiateMultipartUpload('wrong');
  const state = JSON.stringify({ ...JSON.parse(upload.state()), partSize: 5 * MiB, size: data.length });
  await upload.uploadPart(1, data.subarray(0, 5 * MiB));
  await upload.uploadPart(2, data.subarray(0, 5 * MiB + 1));
  await upload.uploadPart(7, 'what is beyond the end is left out');
  const sent = count();
  await (await MultipartUpload.resume(conn, state, data)).done();
  assert.equal(sent('UploadPart'), 3);
  await holds('wrong');
});

test('an upload is not resumed from another source, or one that has changed', async () => {
  const upload = await MultipartUpload.start(failing(2), path, 'changed', { ...small, leaveParts: true });
  const state = upload.state();
  assert.deepEqual(Object.keys(JSON.parse(state)).sort(), [
    'bucket',
    'key',
    'modified',
    'partSize',
    'size',
    'uploadId',
    'version',
  ]);
  await assert.rejects(upload.done());
  const other = join(folder, 'other.bin');
  await writeFile(other, data.subarray(1));
  await assert.rejects(MultipartUpload.resume(conn, state, other), { code: 'SourceChanged', key: 'changed' });
  await writeFile(other, data);
  await utimes(other, 1, 1);
  await assert.rejects(MultipartUpload.resume(conn, state, other), { code: 'SourceChanged' });
  await upload.abort();
  await assert.rejects(MultipartUpload.resume(conn, state, path), { code: 'NoSuchUpload' });
  for (const nonsense of ['', 'x', '{}', 'null', '[]', JSON.stringify({ ...JSON.parse(state), version: 2 })])
    await assert.rejects(MultipartUpload.resume(conn, nonsense, path), TypeError);
});

test('a path is refused where there are no files, and nonsense before anything is sent', async () => {
  const nowhere = new PortableConnection({ hashes: nodeHashes, transport: () => scriptedTransport([]) }, [
    { accessKey: 'a', secretKey: 'b', defaultBucket: 'bkt' },
  ]);
  await assert.rejects(MultipartUpload.start(nowhere, path, 'k'), { name: 'TypeError', message: /no files/ });
  await assert.rejects(nowhere.uploadFile('k', path), TypeError);
  await assert.rejects(MultipartUpload.start(conn, join(folder, 'none'), 'k'), { code: 'ENOENT' });
  await assert.rejects(MultipartUpload.start(conn, data, ''), TypeError);
  await assert.rejects(MultipartUpload.start(conn, data, 'k', { partSize: 1 }), RangeError);
  await assert.rejects(MultipartUpload.start(conn, 5 as never, 'k'), TypeError);
  await assert.rejects(MultipartUpload.start(conn, data, 'k', 'nobucket'), { code: 'NoSuchBucket' });
});

test('an upload begins and goes on as one call of a pool, and its parts wait for their turns', async () => {
  const { url: endpoint } = server;
  let running = 0;
  let most = 0;
  const counted: typeof fetch = (...args) => {
    most = Math.max(most, ++running);
    return fetch(...args).finally(() => running--);
  };
  const pool = new Pool({
    accessKey: 'minis3',
    secretKey: 'minis3-secret',
    endpoint,
    defaultBucket: 'bkt',
    size: 2,
    fetch: counted,
  });
  const upload = await MultipartUpload.start(pool, path, 'pooled', small);
  await pool.close();
  await upload.done();
  assert.equal(most, 2);
  await holds('pooled');
  await assert.rejects(MultipartUpload.start(pool, path, 'pooled'), /closed/);
  assert.equal(await leftovers(), 0);
});

// --- tinys3's own calls

test('parts one by one, in any order, again, and from any body', async () => {
  await using upload = await conn.initiateMultipartUpload('parts', {
    metadata: { m: '1' },
    checksum: 'SHA256',
  });
  await assert.rejects(upload.completeUpload(), TypeError);
  await upload.uploadPart(3, Readable.from(chunked(data.subarray(10 * MiB), 100_000)));
  await upload.uploadPart(1, data.subarray(1, 5 * MiB + 1));
  await upload.uploadPart(2, new Blob([data.subarray(5 * MiB, 10 * MiB)]));
  const { etag, status } = await upload.uploadPart(1, data.subarray(0, 5 * MiB));
  assert.deepEqual([etag?.length, status], [32, 200]);
  assert.equal(await upload.numberOfParts(), 3);
  const listed = [];
  for await (const { partNumber, size, etag, lastModified } of upload.listParts()) {
    assert.match(etag, /^[0-9a-f]{32}$/);
    assert.ok(lastModified instanceof Date);
    listed.push([partNumber, size]);
  }
  assert.deepEqual(listed, [
    [1, 5 * MiB],
    [2, 5 * MiB],
    [3, data.length - 10 * MiB],
  ]);
  const result = await upload.completeUpload();
  assert.match(result.etag ?? '', /-3$/);
  assert.equal(await upload.done(), result);
  await holds('parts');
  assert.deepEqual({ ...(await conn.headObject('parts')).metadata }, { m: '1' });
});

test('an upload that cannot be completed yet can be completed later', async () => {
  const upload = await conn.initiateMultipartUpload('later');
  await upload.uploadPart(1, 'too small');
  await upload.uploadPart(2, 'the last');
  await assert.rejects(upload.completeUpload(), { code: 'EntityTooSmall' });
  await upload.uploadPart(1, data.subarray(0, 5 * MiB));
  await upload.completeUpload();
  for (const partNumber of [0, 10_001, 1.5])
    await assert.rejects(upload.uploadPart(partNumber, 'x'), RangeError);
});

test('what was begun by hand is aborted when its block is left, and its parts are cancelled', async () => {
  let cancelled: Promise<unknown>;
  {
    await using upload = await failing(1, true).initiateMultipartUpload('byhand');
    cancelled = assert.rejects(upload.uploadPart(1, 'x'), { name: 'AbortError' });
  }
  await cancelled;
  assert.equal(await leftovers(), 0);
  const upload = await conn.initiateMultipartUpload('byhand');
  await upload.cancelUpload();
  assert.equal(await leftovers(), 0);
  await assert.rejects(upload.uploadPart(1, 'x'), { name: 'AbortError' });
});

test('uploads are listed over all pages, with exact keys, and can be gone on with', async () => {
  const keys = ['list/a b+c%2F&d', 'list/é', 'list/plain', 'list/plain', 'other'];
  for (const key of keys) await conn.initiateMultipartUpload(key);
  const found: string[] = [];
  for await (const upload of conn.listMultipartUploads('list/')) {
    assert.equal(upload.bucket, 'bkt');
    assert.ok(upload.initiated instanceof Date);
    found.push(upload.key);
  }
  assert.deepEqual(found, ['list/a b+c%2F&d', 'list/plain', 'list/plain', 'list/é']);
  assert.equal((await conn.getAllMultipartUploads({ prefix: 'list/p' })).length, 2);
  const all = await conn.getAllMultipartUploads('bkt');
  assert.equal(all.length, 5);
  assert.equal(new Set(all.map((upload) => upload.uploadId)).size, 5);
  for (const upload of all) await upload.cancelUpload();
  assert.equal(await leftovers(), 0);
});

test('pages of uploads and of parts go on after the last, and never in circles', async () => {
  const page = (uploads: string, truncated: boolean) =>
    `<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>${truncated}</IsTruncated>${uploads}</ListMultipartUploadsResult>`;
  const entry = (key: string, id: string) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`;
  const part = (number: number) =>
    `<Part><PartNumber>${number}</PartNumber><ETag>e</ETag><Size>1</Size></Part>`;
  const parts = (list: string, truncated: string) => `<ListPartsResult>${truncated}${list}</ListPartsResult>`;
  const steps = [
    page(entry('a%20b', '1') + entry('c%2Bd', '2'), true),
    page(entry('c%2Bd', '3'), false),
    parts(part(1) + part(2), '<IsTruncated>true</IsTruncated>'),
    parts(part(5), '<IsTruncated>true</IsTruncated><NextPartNumberMarker>7</NextPartNumberMarker>'),
    parts(part(9), '<IsTruncated>false</IsTruncated>'),
    ...Array(4).fill(parts('', '<IsTruncated>true</IsTruncated>')),
    ...Array(4).fill(page('', true)),
  ].map((body) => ({ body }));
  const transport = scriptedTransport(steps);
  const options = { accessKey: 'a', secretKey: 'b', defaultBucket: 'bkt', endpoint: 'http://h' };
  const scripted = new PortableConnection({ hashes: nodeHashes, transport: () => transport }, [options]);
  const uploads = await scripted.getAllMultipartUploads();
  assert.deepEqual(
    uploads.map(({ key, uploadId }) => [key, uploadId]),
    [
      ['a b', '1'],
      ['c+d', '2'],
      ['c+d', '3'],
    ],
  );
  assert.match(transport.requests[1]?.path ?? '', /key-marker=c%2Bd&.*upload-id-marker=2/);
  assert.equal(await uploads[0]?.numberOfParts(), 4);
  assert.match(transport.requests[3]?.path ?? '', /part-number-marker=2/);
  assert.match(transport.requests[4]?.path ?? '', /part-number-marker=7/);
  await assert.rejects(async () => uploads[0]?.numberOfParts(), { code: 'BadResponse' });
  await assert.rejects(scripted.getAllMultipartUploads(), { code: 'BadResponse' });
});

test('an upload shows where it goes, and no secret', async () => {
  const upload = await conn.initiateMultipartUpload('shown');
  for (const text of [
    JSON.stringify(upload),
    inspect(upload, { depth: 9 }),
    upload.state(),
    inspect(conn, { depth: 9 }),
  ])
    assert.doesNotMatch(text, /minis3-secret/);
  assert.deepEqual(JSON.parse(JSON.stringify(upload)), {
    bucket: 'bkt',
    key: 'shown',
    uploadId: upload.uploadId,
  });
  await upload.abort();
});
