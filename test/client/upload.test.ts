import assert from 'node:assert/strict';
import { mkdtemp, open, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Progress } from '../../src/client/options.ts';
import { planParts } from '../../src/client/part-plan.ts';
import { upload } from '../../src/client/upload.ts';
import type { BodyInput } from '../../src/http/body.ts';
import { TransportError } from '../../src/http/transport.ts';
import { nodeHashes } from '../../src/node/hash.ts';
import { checksum } from '../../src/protocol/compute-checksum.ts';
import { S3Error } from '../../src/protocol/error.ts';
import { chunked, embeddedServer, pattern, sha256 } from '../support/embedded-server.ts';
import { scriptedSender } from '../support/scripted-transport.ts';

const MiB = 1024 ** 2;
const { server, conn, connect, meddled, count } = await embeddedServer();
const data = pattern(20 * MiB);
const folder = await mkdtemp(join(tmpdir(), 'upload-'));
after(() => rm(folder, { recursive: true }));

async function stored(key: string): Promise<Uint8Array> {
  return (await conn.get(key)).bytes();
}

async function leftovers(): Promise<number> {
  return (await conn.getAllMultipartUploads()).length;
}

async function file(bytes: Uint8Array): Promise<string> {
  const path = join(folder, `${bytes.length}`);
  await writeFile(path, bytes);
  return path;
}

const sizes = [0, 1, 5 * MiB - 1, 5 * MiB, 5 * MiB + 1, 16 * MiB, 16 * MiB + 1, 20 * MiB];

for (const size of sizes) {
  const bytes = data.subarray(0, size);
  const streams = {
    'a Blob': () => new Blob([bytes]),
    'a stream': () => Readable.from(chunked(bytes, 65_536)),
    'a function': () => () => chunked(bytes, 300_000),
  };
  const bodies: Record<string, () => BodyInput> = {
    bytes: () => bytes,
    'a stream of known length': () => chunked(bytes, 1_000_003),
    // Of the threshold these know nothing.
    ...(size < 16 * MiB || size === 20 * MiB ? streams : {}),
  };
  test(`${size} bytes of every kind`, async () => {
    const hash = sha256(bytes);
    for (const [name, make] of Object.entries(bodies)) {
      const sent = count();
      const known = !/^a (stream|function)$/.test(name);
      const options = name === 'a stream of known length' ? { contentLength: size } : {};
      await conn.upload('sizes', make(), options);
      assert.equal(sha256(await stored('sizes')), hash, name);
      const threshold = known ? 16 * MiB : 8 * MiB;
      assert.equal(sent('PutObject'), size > threshold ? 0 : 1, name);
      assert.equal(sent('UploadPart'), size > threshold ? Math.ceil(size / (8 * MiB)) : 0, name);
    }
    const sent = count();
    const path = await file(bytes);
    await conn.uploadFile('sizes.txt', path, { metadata: { from: 'file' } });
    assert.equal(sha256(await stored('sizes.txt')), hash);
    assert.equal(sent('UploadPart'), size > 16 * MiB ? 3 : 0);
    const head = await conn.headObject('sizes.txt');
    assert.equal(head.contentType, 'text/plain');
    assert.deepEqual({ ...head.metadata }, { from: 'file' });
  });
}

test('single bytes, and many parts in one chunk', async () => {
  const small = data.subarray(0, 100_000);
  await conn.upload('chunks', chunked(small, 1));
  assert.equal(sha256(await stored('chunks')), sha256(small));
  const huge = pattern(11 * MiB);
  await conn.upload('chunks', chunked(huge, huge.length), { partSize: 5 * MiB, concurrency: 2 });
  assert.equal(sha256(await stored('chunks')), sha256(huge));
  await conn.delete('chunks');
});

test('the threshold and the size of parts are options', async () => {
  const options = { multipartThreshold: 6 * MiB, partSize: 5 * MiB };
  for (const [size, parts] of [
    [6 * MiB, 0],
    [6 * MiB + 1, 2],
    [11 * MiB, 3],
  ] as const) {
    const sent = count();
    await conn.upload('options', data.subarray(0, size), options);
    assert.equal(sent('UploadPart'), parts);
  }
  const sent = count();
  const some = data.subarray(0, 17 * MiB);
  const once = { multipartThreshold: Number.POSITIVE_INFINITY };
  await conn.upload('options', chunked(some, 65_536), { ...once, contentLength: some.length });
  await conn.upload('options', chunked(some, 65_536), once);
  assert.equal(sent('PutObject'), 2);
  await conn.uploadFile('options', await file(some), { multipartThreshold: 18 * MiB });
  assert.equal(sent('PutObject'), 3);
  assert.equal(sha256(await stored('options')), sha256(some));
});

test('more concurrency means more parts at once, and never more than that', async () => {
  for (const concurrency of [1, 3]) {
    let running = 0;
    let most = 0;
    const slow = meddled(async ({ label }, send) => {
      if (!label.startsWith('UploadPart')) return send();
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return send().finally(() => running--);
    });
    await slow.upload('many', chunked(data, 1_000_000), { partSize: 5 * MiB, concurrency });
    assert.equal(most, concurrency);
  }
});

test('everything beside the bytes reaches an object in parts', async () => {
  const options = {
    multipartThreshold: 0,
    contentType: 'text/x-test',
    metadata: { who: 'Zoë' },
    public: true,
    expires: { days: 1 },
    storageClass: 'STANDARD_IA',
    tags: { 'a b': 'c&d', 'e=': 'ü' },
    headers: { 'content-language': 'de', 'x-amz-meta-more': '1' },
  };
  await conn.upload('beside', data, options);
  await conn.upload('beside-put', 'x', { ...options, multipartThreshold: 16 * MiB });
  for (const key of ['beside', 'beside-put']) {
    const { contentType, metadata, storageClass, headers } = await conn.headObject(key);
    assert.equal(contentType, 'text/x-test');
    assert.deepEqual({ ...metadata }, { who: 'Zoë', more: '1' });
    assert.equal(storageClass, 'STANDARD_IA');
    assert.equal(headers['cache-control'], 'max-age=86400, public');
    assert.equal(headers['content-language'], 'de');
    assert.equal(headers['x-amz-tagging-count'], '2');
    const anonymous = connect({ accessKey: undefined, secretKey: undefined, credentials: 'anonymous' });
    assert.equal((await anonymous.get(key)).status, 200);
  }
});

for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
  test(`${algorithm} of an object in parts is declared, sent and stored`, async () => {
    const bytes = data.subarray(0, 10 * MiB + 1);
    await conn.upload('sums', bytes, { checksum: algorithm, partSize: 5 * MiB, multipartThreshold: 0 });
    const { headers } = await conn.headObject('sums', { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
    const value = headers[`x-amz-checksum-${algorithm.toLowerCase()}`];
    if (algorithm.startsWith('CRC')) assert.equal(value, checksum(algorithm, bytes, nodeHashes));
    else assert.match(value ?? '', /-3$/);
  });
}

test('conditions are for the object, not for its parts', async () => {
  const inParts = { multipartThreshold: 0 };
  await conn.upload('cond', 'first', { ...inParts, ifNoneMatch: '*' });
  for (const condition of [{ ifNoneMatch: '*' }, { headers: { 'If-None-Match': '*' } }, { ifMatch: 'x' }])
    await assert.rejects(conn.upload('cond', 'second', { ...inParts, ...condition }), { status: 412 });
  const { etag } = await conn.headObject('cond');
  await conn.upload('cond', 'third', { ...inParts, ifMatch: etag });
  assert.equal(await leftovers(), 0);
});

test('progress is told after each part, and after a PUT', async () => {
  const seen: Progress[] = [];
  const onProgress = (progress: Progress) => seen.push(progress);
  await conn.upload('progress', data, { partSize: 5 * MiB, onProgress });
  assert.deepEqual(
    seen,
    [1, 2, 3, 4].map((parts) => ({ loaded: parts * 5 * MiB, total: data.length, parts })),
  );
  seen.length = 0;
  await conn.upload('progress', 'four', { onProgress });
  await conn.upload('progress', Readable.from([Buffer.from('five!')]), { onProgress });
  assert.deepEqual(seen, [
    { loaded: 4, total: 4, parts: 0 },
    { loaded: 5, total: 5, parts: 0 },
  ]);
});

test('what makes no sense is refused before anything is sent', async () => {
  const sent = server.requests.length;
  const part = { message: /partSize/, name: 'RangeError' };
  for (const partSize of [5 * MiB - 1, 5 * 1024 * MiB + 1, 6.5 * MiB + 0.5, Number.NaN])
    await assert.rejects(conn.upload('k', data, { partSize }), part);
  for (const concurrency of [0, 1.5, -1])
    await assert.rejects(conn.upload('k', data, { concurrency }), RangeError);
  await assert.rejects(conn.upload('k', data, { multipartThreshold: Number.NaN }), RangeError);
  await assert.rejects(conn.upload('k', data, { contentLength: 7 }), RangeError);
  await assert.rejects(conn.upload('', data), TypeError);
  await assert.rejects(conn.upload('k', null as never), TypeError);
  await assert.rejects(conn.upload('k', data, { checksum: 'CRC31' as never }), TypeError);
  await assert.rejects(conn.uploadFile('k', join(folder, 'none')), { code: 'ENOENT' });
  await assert.rejects(conn.uploadFile('k', folder), { code: 'EISDIR' });
  assert.equal(server.requests.length, sent);
});

test('a file is read by path and URL, and closed on every path', async () => {
  const path = await file(data);
  const isOpen = async () => {
    const targets = await Promise.all(
      (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    );
    return targets.includes(path);
  };
  await conn.uploadFile('url', pathToFileURL(path));
  const failing = meddled(({ label }, send) => (label.startsWith('UploadPart') ? forbidden() : send()));
  await assert.rejects(failing.uploadFile('url', path));
  await assert.rejects(conn.uploadFile('url', path, { bucket: 'nobucket' }), { code: 'NoSuchBucket' });
  await assert.rejects(conn.uploadFile('', path), TypeError);
  if (process.platform === 'linux') assert.equal(await isOpen(), false);

  const handle = await open(path);
  await conn.upload('handle', handle);
  assert.equal(sha256(await stored('handle')), sha256(data));
  await handle.close();
});

test('Scaleway has fewer parts, R2 equal ones', async () => {
  const GiB = 1024 * MiB;
  assert.deepEqual(planParts('s3.fr-par.scw.cloud', 100 * GiB), {
    partSize: 103 * MiB,
    most: 1000,
    equal: false,
  });
  assert.equal(planParts('acc.r2.cloudflarestorage.com', undefined).equal, true);
  assert.deepEqual(planParts('host', 5 * 1024 * GiB), { partSize: 525 * MiB, most: 10_000, equal: false });
  assert.equal(planParts('host', 80_000 * MiB).partSize, 8 * MiB);
  assert.equal(planParts('host', 80_000 * MiB + 1).partSize, 9 * MiB);
  assert.equal(planParts('host', 10_000 * 5 * GiB).partSize, 5 * GiB);
  assert.throws(() => planParts('host', 10_000 * 5 * GiB + 1), RangeError);
});

// --- failures

function forbidden(): Promise<never> {
  return Promise.reject(new S3Error('AccessDenied', 'No', { status: 403 }));
}

const failure = new Error('the disk is gone');
async function* broken(after: number): AsyncGenerator<Uint8Array> {
  yield* chunked(data.subarray(0, after), 1_000_000);
  throw failure;
}

for (const after of [0, 3 * MiB, 8 * MiB, 17 * MiB]) {
  test(`a source that fails after ${after} bytes is the error, and nothing stays`, async () => {
    const sent = count();
    await assert.rejects(conn.upload('broken', broken(after)), failure);
    await assert.rejects(
      conn.upload('broken', Readable.from(broken(after)), { contentLength: data.length }),
      failure,
    );
    assert.equal(await conn.exists('broken'), false);
    assert.equal(await leftovers(), 0);
    assert.equal(sent('CompleteMultipartUpload'), 0);
  });
}

test('a stream of another length than announced is an error, and nothing stays', async () => {
  for (const [contentLength, size] of [
    [4, 5],
    [5, 4],
    [18 * MiB, 18 * MiB + 1],
    [18 * MiB, 18 * MiB - 1],
    [16 * MiB, 18 * MiB],
  ] as const) {
    const body = chunked(data.subarray(0, size), 1_000_000);
    await assert.rejects(conn.upload('length', body, { contentLength }), RangeError);
  }
  assert.equal(await conn.exists('length'), false);
  assert.equal(await leftovers(), 0);
});

test('a part that is refused cancels the others, and then the upload is aborted', async () => {
  const order: string[] = [];
  const failing = meddled(async ({ label, path }, send, signal) => {
    const [operation = ''] = label.split(' ');
    const part = /partNumber=(\d+)/.exec(path)?.[1];
    if (operation !== 'UploadPart') {
      order.push(operation);
      return send();
    }
    if (part === '2') return forbidden();
    // The others would never end.
    return new Promise((_, reject) =>
      signal?.addEventListener('abort', () => {
        order.push(`cancelled ${part}`);
        setTimeout(reject, 10, signal.reason);
      }),
    );
  });
  await assert.rejects(failing.upload('refused', data, { partSize: 5 * MiB }), { code: 'AccessDenied' });
  assert.deepEqual(
    order.slice(0, 4).sort(),
    ['CreateMultipartUpload', 'cancelled 1', 'cancelled 3', 'cancelled 4'].sort(),
  );
  assert.deepEqual(order.slice(4), ['AbortMultipartUpload', 'ListParts']);
  assert.equal(await leftovers(), 0);
});

test('parts are sent again from memory when the service is busy', async () => {
  const failed = new Set<string>();
  const busy = meddled(({ label, path }, send) => {
    if (!label.startsWith('UploadPart') || failed.has(path)) return send();
    failed.add(path);
    return Promise.reject(new TransportError('stale', 'gone'));
  });
  await busy.upload('busy', chunked(data, 1_000_000), { partSize: 5 * MiB });
  assert.equal(failed.size, 4);
  assert.equal(sha256(await stored('busy')), sha256(data));
});

test('an abort that fails does not hide the first error', async () => {
  const failing = meddled(({ label }, send) =>
    label.startsWith('UploadPart')
      ? forbidden()
      : label.startsWith('Abort')
        ? Promise.reject(new S3Error('Teapot', 'No', { status: 418 }))
        : send(),
  );
  await assert.rejects(failing.upload('hidden', data), { code: 'AccessDenied' });
  assert.equal(await leftovers(), 1);
  for (const upload of await conn.getAllMultipartUploads()) await upload.abort();
});

test('an upload is aborted again while the server still has parts of it', async () => {
  let aborts = 0;
  const left =
    '<ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber></Part></ListPartsResult>';
  const stubborn = meddled(async ({ label }, send) => {
    if (label.startsWith('UploadPart')) return forbidden();
    if (label.startsWith('Abort')) aborts++;
    if (!label.startsWith('ListParts') || aborts > 1) return send();
    return { ...(await send()), status: 200, headers: {}, bytes: async () => new TextEncoder().encode(left) };
  });
  await assert.rejects(stubborn.upload('again', data), { code: 'AccessDenied' });
  assert.equal(aborts, 2);
  assert.equal(await leftovers(), 0);
});

test('an abort by the signal ends a source that hangs, and leaves neither upload nor listener', async () => {
  let listeners = 0;
  const controller = new AbortController();
  const { signal } = controller;
  for (const [name, by] of [
    ['addEventListener', 1],
    ['removeEventListener', -1],
  ] as const) {
    const original = signal[name].bind(signal);
    signal[name] = (type: string, listener: never) => {
      listeners += by;
      original(type, listener);
    };
  }
  for (const before of [0, 8 * MiB, 18 * MiB]) {
    let destroyed = false;
    const hanging = new Readable({
      read() {},
      destroy(_, done) {
        destroyed = true;
        done(null);
      },
    });
    for await (const chunk of chunked(data.subarray(0, before), 1_000_000)) hanging.push(chunk);
    const one = new AbortController();
    const reason = new Error('enough');
    const uploaded = conn.upload('hanging', hanging, { signal: one.signal });
    setTimeout(() => one.abort(reason), 60);
    await assert.rejects(uploaded, reason);
    assert.ok(destroyed);
    assert.equal(await leftovers(), 0);
  }
  await conn.upload('signal', data, { signal });
  await conn.upload('signal', chunked(data.subarray(0, 100), 10), { signal });
  assert.equal(Math.max(listeners, 0), 0);
});

test('an abort while the upload is being begun leaves none behind', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const slow = meddled(async ({ label }, send) => {
    const answer = await send();
    if (label.startsWith('Create')) controller.abort(reason);
    return answer;
  });
  await assert.rejects(slow.upload('begun', data, { signal: controller.signal }), reason);
  assert.equal(await leftovers(), 0);
  await assert.rejects(conn.upload('begun', data, { signal: AbortSignal.abort(reason) }), reason);
});

test('a part that comes back without its ETag is an error', async () => {
  const { sender, requests } = scriptedSender([
    { body: '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>' },
    {},
    { status: 204 },
    { status: 404 },
  ]);
  await assert.rejects(upload(sender, 'k', new Uint8Array(5 * MiB), { multipartThreshold: 0 }), {
    code: 'BadResponse',
    message: /ETag/,
  });
  assert.deepEqual(
    requests.map(({ method }) => method),
    ['POST', 'PUT', 'DELETE', 'GET'],
  );
});

test('headers of a customer key go with every request, those of the object only with the first', async () => {
  const key = {
    'x-amz-server-side-encryption-customer-algorithm': 'AES256',
    'x-amz-request-payer': 'requester',
  };
  const { sender, requests } = scriptedSender(
    [
      { body: '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>' },
      { headers: { etag: '"e"' } },
      { body: '<CompleteMultipartUploadResult><ETag>"e-1"</ETag></CompleteMultipartUploadResult>' },
    ],
    { payload: 'unsigned' },
  );
  await upload(sender, 'k', new Uint8Array(100), {
    multipartThreshold: 0,
    headers: { ...key, 'x-amz-storage-class': 'GLACIER', 'if-none-match': '*' },
  });
  const sent = requests.map(({ headers }) => [
    headers['x-amz-server-side-encryption-customer-algorithm'],
    headers['x-amz-request-payer'],
    headers['x-amz-storage-class'],
    headers['if-none-match'],
  ]);
  assert.deepEqual(sent, [
    ['AES256', 'requester', 'GLACIER', undefined],
    ['AES256', 'requester', undefined, undefined],
    ['AES256', 'requester', undefined, '*'],
  ]);
  // On AWS over TLS, parts and object have checksums.
  assert.equal(requests[0]?.headers['x-amz-checksum-type'], 'FULL_OBJECT');
  const crc = checksum('CRC32', new Uint8Array(100), nodeHashes);
  assert.equal(requests[1]?.headers['x-amz-checksum-crc32'], crc);
  assert.equal(requests[2]?.headers['x-amz-checksum-crc32'], crc);
  assert.equal(requests[2]?.headers['x-amz-mp-object-size'], '100');
  assert.match(
    Buffer.from(requests[2]?.body ?? []).toString(),
    new RegExp(`<ChecksumCRC32>${crc.replace(/[+/]/g, '.')}<`),
  );
});
