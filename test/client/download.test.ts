import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Downloaded, download } from '../../src/client/download.ts';
import type { DownloadOptions } from '../../src/client/download-options.ts';
import type { ConnectionOptions, Progress } from '../../src/client/options.ts';
import { Sender } from '../../src/client/send.ts';
import { resolveSettings } from '../../src/client/settings.ts';
import type { FileAccess, FileTarget } from '../../src/http/files.ts';
import { type Transport, TransportError } from '../../src/http/transport.ts';
import { Connection as PortableConnection } from '../../src/index.ts';
import { nodeFiles } from '../../src/node/file.ts';
import { nodeHashes } from '../../src/node/hash.ts';
import { checksum } from '../../src/protocol/compute-checksum.ts';
import { S3Error } from '../../src/protocol/error.ts';
import { embeddedServer, pattern } from '../support/embedded-server.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { broken, type Change, etag, objectAnswers, withHeaders } from '../support/object-answers.ts';
import {
  type RecordedRequest,
  type ScriptedTransport,
  scriptedTransport,
} from '../support/scripted-transport.ts';

const scratch = await mkdtemp(join(tmpdir(), 'minis3-download-'));
await chmod(scratch, 0o755);
after(() => rm(scratch, { recursive: true }));
const embedded = await embeddedServer();
let folders = 0;

/** A folder with an old file, and its path. */
async function place(): Promise<{ folder: string; path: string }> {
  const folder = join(scratch, String(++folders));
  await mkdir(folder);
  const path = join(folder, 'file');
  await writeFile(path, 'old');
  return { folder, path };
}

async function assertUntouched(folder: string): Promise<void> {
  assert.deepEqual(await readdir(folder), ['file']);
  assert.equal(await readFile(join(folder, 'file'), 'utf8'), 'old');
}

const content = pattern(1000);
const partSize = 100;

interface Scripted {
  readonly transport: ScriptedTransport;
  readonly requests: RecordedRequest[];
  run(path: string, options?: DownloadOptions): Promise<Downloaded>;
}

/** Downloads of `content` in ten ranges from a script. */
function scripted(
  change: Change = (answer) => answer,
  options: ConnectionOptions & { files?: FileAccess; headers?: Record<string, string> } = {},
): Scripted {
  const transport = scriptedTransport(objectAnswers(content, change, options.headers));
  // There is nothing to read of an answer to HEAD, and nothing to hold.
  const bodiless: Transport = async (request, signal) => {
    const response = await transport(request, signal);
    if (request.method === 'HEAD') response.discard();
    return response;
  };
  const settings = resolveSettings(
    { hashes: nodeHashes, transport: () => bodiless, files: options.files ?? nodeFiles },
    { accessKey: 'a', secretKey: 'b', defaultBucket: 'bkt', ...options },
    fakeClock(),
  );
  const sender = new Sender(settings);
  return {
    transport,
    requests: transport.requests,
    run: (path, further = {}) => download(sender, 'k', path, { partSize, ...further }),
  };
}

async function rejected(promise: Promise<unknown>): Promise<S3Error> {
  const error = await promise.then(
    () => assert.fail('it was fulfilled'),
    (reason) => reason,
  );
  assert.ok(error instanceof S3Error, String(error));
  return error;
}

function firstOf({ headers }: Pick<RecordedRequest, 'headers'>): number {
  return Number(/^bytes=(\d+)-/.exec(headers['range'] ?? '')?.[1] ?? -1);
}

/** Changes the answers to the GETs of one range. */
function range(first: number, change: Change): Change {
  return (answer, request, number) => (firstOf(request) === first ? change(answer, request, number) : answer);
}

const sizes = [0, 1, 65_535, 65_536, 65_537, 3 * 65_536, 300_001];
for (const algorithm of [undefined, 'CRC32', 'CRC64NVME', 'SHA256'] as const) {
  for (const size of algorithm === undefined || algorithm === 'CRC32' ? sizes : [0, 300_001]) {
    for (const resume of [false, true]) {
      test(`${size} bytes, ${algorithm ?? 'no checksum'}${resume ? ', resumable' : ''}`, async () => {
        const { folder, path } = await place();
        const bytes = pattern(size);
        const conn = embedded.connect({ checksum: algorithm });
        const stored = await conn.upload('a', bytes, { contentType: 'text/x', metadata: { of: 'mine' } });
        const count = embedded.count();
        const told: Progress[] = [];
        const result = await conn.download('a', path, {
          partSize: 65_536,
          resume,
          fsync: resume,
          onProgress: (progress) => told.push(progress),
        });
        assert.deepEqual(new Uint8Array(await readFile(path)), bytes);
        assert.deepEqual(await readdir(folder), ['file']);
        assert.equal(result.size, size);
        assert.equal(result.etag, stored.etag);
        assert.equal(result.contentType, 'text/x');
        assert.deepEqual({ ...result.metadata }, { of: 'mine' });
        assert.equal(result.verified, algorithm);
        assert.equal(count('HeadObject'), 1);
        const ranges = Math.ceil(size / 65_536);
        assert.equal(count('GetObject'), ranges);
        assert.deepEqual(told.at(-1), { loaded: size, total: size, parts: ranges > 1 ? ranges : 0 });
        for (const [i, { loaded }] of told.entries()) assert.ok(loaded >= (told[i - 1]?.loaded ?? 0));
      });
    }
  }
}

test('an object in parts, its checksum made of theirs by the server', async () => {
  const { path } = await place();
  const bytes = pattern(6 * 1024 * 1024 + 3);
  const conn = embedded.connect({ checksum: 'CRC64NVME' });
  await conn.upload('parts', bytes, { multipartThreshold: 0, partSize: 5 * 1024 * 1024 });
  const { verified } = await conn.download('parts', pathToFileURL(path), { partSize: 1_000_000 });
  assert.equal(verified, 'CRC64NVME');
  assert.ok(Buffer.from(bytes).equals(await readFile(path)));
});

test('every range is asked for of the version that HEAD told', async () => {
  const { path } = await place();
  const { requests, transport, run } = scripted();
  await run(path, {
    versionId: 'v7',
    ifMatch: etag,
    bucket: 'other-bucket',
    headers: { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
    concurrency: 3,
  });
  assert.equal(requests.length, 11);
  assert.equal(requests[0]?.method, 'HEAD');
  for (const request of requests) {
    assert.equal(request.headers['if-match'], etag);
    assert.match(request.path, /\?versionId=v7$/);
    assert.match(`${request.hostname}${request.path}`, /other-bucket/);
    assert.equal(request.headers['x-amz-server-side-encryption-customer-algorithm'], 'AES256');
  }
  assert.deepEqual(
    requests.slice(1).map((request) => request.headers['range']),
    Array.from({ length: 10 }, (_, i) => `bytes=${i * 100}-${i * 100 + 99}`),
  );
  assert.equal(transport.held(), 0);
  assert.deepEqual(new Uint8Array(await readFile(path)), content);
});

test('no more ranges are in flight than told, and no more than 10,000 there are', async () => {
  const { path } = await place();
  let running = 0;
  let most = 0;
  const conn = embedded.meddled(async ({ method }, send) => {
    most = Math.max(most, ++running);
    await delay(method === 'HEAD' ? 0 : 1);
    return send().finally(() => running--);
  });
  await conn.upload('a', pattern(20_000));
  const count = embedded.count();
  await conn.download('a', path, { partSize: 1000, concurrency: 3 });
  assert.equal(most, 3);
  assert.equal(count('GetObject'), 20);

  const size = 1_000_001;
  const lengths = new Set<string>();
  const big = embedded.meddled((request, send) => {
    if (request.headers['range']) lengths.add(request.headers['range']);
    return lengths.size > 1 ? Promise.reject(new TransportError('protocol', 'enough')) : send();
  });
  await big.upload('big', pattern(size));
  await rejected(big.download('big', path, { partSize: 1, concurrency: 1 }));
  assert.deepEqual([...lengths], ['bytes=0-100', 'bytes=101-201']);
});

test('ranges that break are gone on with, and not asked for anew', async () => {
  const { path } = await place();
  const { requests, transport, run } = scripted((answer, request) => {
    const first = firstOf(request);
    return first >= 0 && first % 100 === 0 ? broken(answer, 42) : answer;
  });
  await run(path);
  assert.deepEqual(new Uint8Array(await readFile(path)), content);
  assert.deepEqual(requests.map(firstOf).filter((first) => first % 100 === 42).length, 10);
  assert.equal(requests.length, 21);
  assert.equal(transport.held(), 0);
});

const gone = new TransportError('interrupted', 'gone');
const failures: [name: string, change: Change, code: string, message?: RegExp][] = [
  ['there is no such object', () => ({ status: 404 }), 'NotFound'],
  ['it is forbidden', range(300, () => ({ status: 403 })), 'Forbidden'],
  ['it changes between ranges', range(300, () => ({ status: 412 })), 'PreconditionFailed', /has changed/],
  [
    'it changes, and the server does not mind',
    range(300, (answer) => withHeaders(answer, { etag: '"v2"' })),
    'PreconditionFailed',
    /has changed/,
  ],
  ['a range has no ETag', range(300, (answer) => withHeaders(answer, { etag: undefined })), 'BadResponse'],
  [
    'a range is another one',
    range(300, (answer) => withHeaders(answer, { 'content-range': 'bytes 200-299/1000' })),
    'BadResponse',
  ],
  [
    'a range is of a longer object',
    range(300, (answer) => withHeaders(answer, { 'content-range': 'bytes 300-399/1001' })),
    'BadResponse',
  ],
  [
    'a range is not said to be one',
    range(0, (answer) => withHeaders(answer, { 'content-range': undefined })),
    'BadResponse',
  ],
  ['a later range is the whole', range(300, (answer) => ({ ...answer, status: 200 })), 'BadResponse'],
  [
    'the first is answered with another whole',
    range(0, (answer) => ({ ...withHeaders(answer, { 'content-length': '999' }), status: 200 })),
    'BadResponse',
  ],
  [
    'a range breaks for ever',
    (answer, { method }) => (method === 'HEAD' ? answer : broken(answer, 10)),
    'NetworkError',
  ],
  ['a range cannot be had', range(900, () => gone), 'NetworkError'],
  [
    'a decoded body is shorter',
    range(300, (answer) => ({
      ...withHeaders(answer, { 'content-encoding': 'gzip' }),
      body: content.subarray(0, 99),
    })),
    'BadResponse',
  ],
  [
    'a decoded body is longer',
    range(300, (answer) => ({
      ...withHeaders(answer, { 'content-encoding': 'gzip', 'content-range': 'bytes 300-399/1000' }),
      body: [content.subarray(0, 99), content.subarray(0, 9)],
    })),
    'BadResponse',
  ],
];
for (const [name, change, code, message = /./] of failures) {
  test(`${code} when ${name}, and the old file stays`, async () => {
    const { folder, path } = await place();
    const { transport, run } = scripted(change);
    const error = await rejected(run(path));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.equal(error.key, 'k');
    assert.equal(transport.held(), 0);
    await assertUntouched(folder);
  });
}

test('of a body that is too long nothing is written where other ranges are', async () => {
  const { path } = await place();
  let end = 0;
  const files: FileAccess = {
    ...nodeFiles,
    async openTarget(to, options) {
      const target = await nodeFiles.openTarget(to, options);
      const write: FileTarget['write'] = (chunks, position) => {
        end = Math.max(end, position + chunks.reduce((size, chunk) => size + chunk.length, 0));
        return target.write(chunks, position);
      };
      return { ...target, write };
    },
  };
  const { run } = scripted(
    (answer, { method }) =>
      method === 'HEAD' ? answer : { ...answer, body: Array(20).fill(new Uint8Array(65_536)) },
    { files },
  );
  assert.equal((await rejected(run(path, { partSize: 1000 }))).code, 'BadResponse');
  assert.equal(end, 0);
});

test('a server without ranges gives all in one', async () => {
  const { path, folder } = await place();
  for (const resume of [false, true]) {
    const { requests, run, transport } = scripted(
      (answer, { method }) =>
        method === 'HEAD'
          ? answer
          : {
              status: 200,
              headers: { etag, 'content-length': '1000' },
              body: [content.slice(0, 600), content.slice(600)],
            },
      {
        checksum: 'CRC32',
        headers: { 'x-amz-checksum-crc32': checksum('CRC32', content, nodeHashes) },
      },
    );
    const told: Progress[] = [];
    const { verified } = await run(path, { resume, onProgress: (progress) => told.push(progress) });
    assert.equal(verified, 'CRC32');
    assert.equal(requests.length, 2);
    assert.equal(transport.held(), 0);
    assert.deepEqual(told.at(-1), { loaded: 1000, total: 1000, parts: 0 });
    assert.deepEqual(new Uint8Array(await readFile(path)), content);
    assert.deepEqual(await readdir(folder), ['file']);
  }
});

for (const [name, headers] of [
  ['no ETag', { etag: undefined }],
  ['a weak ETag', { etag: 'W/"v1"' }],
  ['no length', { 'content-length': undefined }],
] as const) {
  test(`an object with ${name} comes in one, since nothing could hold its ranges together`, async () => {
    const { path } = await place();
    const { requests, run } = scripted((answer) => withHeaders(answer, headers));
    const { size } = await run(path, { resume: true });
    assert.equal(size, 1000);
    assert.deepEqual(
      requests.map((request) => [request.method, request.headers['range']]),
      [
        ['HEAD', undefined],
        ['GET', undefined],
      ],
    );
    assert.deepEqual(new Uint8Array(await readFile(path)), content);
  });
}

for (const algorithm of ['CRC32', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
  for (const resume of [false, true]) {
    test(`bytes that have not the ${algorithm} of the object are no file${resume ? ', and not kept' : ''}`, async () => {
      const { folder, path } = await place();
      const { run, transport } = scripted(
        range(300, (answer) => ({ ...answer, body: new Uint8Array(100) })),
        {
          checksum: 'CRC32',
          headers: {
            [`x-amz-checksum-${algorithm.toLowerCase()}`]: checksum(algorithm, content, nodeHashes),
          },
        },
      );
      assert.equal((await rejected(run(path, { resume }))).code, 'ChecksumMismatch');
      assert.equal(transport.held(), 0);
      await assertUntouched(folder);
    });
  }
}

test('a composite checksum is not one of the bytes', async () => {
  const { path } = await place();
  const { run } = scripted(undefined, {
    checksum: 'CRC32',
    headers: { 'x-amz-checksum-crc32': 'AAAAAA==-3', 'x-amz-checksum-type': 'COMPOSITE' },
  });
  assert.equal((await run(path)).verified, undefined);
});

test('an abort midway rejects with its reason and leaves nothing', async () => {
  for (const after of ['before', 'HEAD', 'the first range', 'more']) {
    const { folder, path } = await place();
    const controller = new AbortController();
    const reason = new Error('enough');
    if (after === 'before') controller.abort(reason);
    let requests = 0;
    const { transport, run } = scripted((answer) => {
      requests++;
      if (requests === { before: 0, HEAD: 1, 'the first range': 2, more: 5 }[after]) controller.abort(reason);
      return answer;
    });
    await assert.rejects(run(path, { signal: controller.signal, concurrency: 2 }), reason);
    assert.equal(transport.held(), 0);
    assert.ok(requests <= 7);
    await assertUntouched(folder);
  }
});

test('over sockets, an abort ends the ranges in flight', async () => {
  const { folder, path } = await place();
  const bytes = pattern(4 * 1024 * 1024);
  await embedded.conn.upload('large', bytes);
  const controller = new AbortController();
  const reason = new Error('enough');
  const result = embedded.conn.download('large', path, {
    partSize: 1024 * 1024,
    signal: controller.signal,
    onProgress: () => controller.abort(reason),
  });
  await assert.rejects(result, reason);
  await assertUntouched(folder);
});

test('an error of onProgress is the error of the download', async () => {
  const { folder, path } = await place();
  const { transport, run } = scripted();
  const oops = new Error('oops');
  const onProgress = () => {
    throw oops;
  };
  await assert.rejects(run(path, { onProgress }), oops);
  assert.equal(transport.held(), 0);
  await assertUntouched(folder);
});

test('a destination that cannot be is what the file system says', async () => {
  const { folder, path } = await place();
  for (const [to, code] of [
    [join(folder, 'missing', 'file'), 'ENOENT'],
    [join(path, 'file'), 'ENOTDIR'],
    [folder, 'EISDIR'],
  ] as const) {
    const { transport, run } = scripted();
    await assert.rejects(run(to), { code });
    assert.equal(transport.held(), 0);
  }
  await assertUntouched(folder);
});

test('a folder that may not be written to is left alone', {
  skip: process.platform === 'win32',
}, async () => {
  const { folder, path } = await place();
  const { run } = scripted();
  await chmod(folder, 0o555);
  // Modes do not bind root.
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    await assert.rejects(run(join(folder, 'other')), { code: 'EACCES' });
  } finally {
    if (root) process.seteuid?.(0);
    await chmod(folder, 0o755);
  }
  await assertUntouched(folder);
  assert.equal(await readFile(path, 'utf8'), 'old');
});

/** Files of which one operation fails. */
function failing(operation: 'write' | 'commit' | 'keep', error: Error, times = 0): FileAccess {
  return {
    ...nodeFiles,
    async openTarget(path, options) {
      const target = await nodeFiles.openTarget(path, options);
      let left = times;
      return {
        ...target,
        [operation]: (...args: never[]) =>
          left-- > 0 ? (target[operation] as (...args: never[]) => unknown)(...args) : Promise.reject(error),
      } as FileTarget;
    },
  };
}

for (const operation of ['write', 'commit', 'keep'] as const) {
  test(`a disk that fails at ${operation} ends the download and leaves the old file`, async () => {
    const { folder, path } = await place();
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const { transport, run } = scripted(undefined, {
      files: failing(operation, full, operation === 'commit' ? 0 : 3),
    });
    await assert.rejects(run(path, { resume: operation === 'keep' }), full);
    assert.equal(transport.held(), 0);
    if (operation !== 'keep') await assertUntouched(folder);
    assert.equal(await readFile(path, 'utf8'), 'old');
  });
}

test('options that make no sense are refused before anything is sent', async () => {
  const { requests, run } = scripted();
  const { path } = await place();
  for (const options of [
    { partSize: 0 },
    { partSize: 1.5 },
    { partSize: Number.NaN },
    { concurrency: 0 },
    { concurrency: Number.POSITIVE_INFINITY },
  ]) {
    await assert.rejects(run(path, options), RangeError);
  }
  await assert.rejects(run(undefined as never), TypeError);
  assert.equal(requests.length, 0);
  const portable = new PortableConnection({ accessKey: 'a', secretKey: 'b' });
  await assert.rejects(portable.download('k', path, 'bucket'), {
    name: 'TypeError',
    message: /has no files/,
  });
});

// --- going on

/** A download that stops when the range at 600 is asked for. */
async function interrupted(path: string, headers: Record<string, string> = {}): Promise<RecordedRequest[]> {
  const stop = new Error('stop');
  const controller = new AbortController();
  const { requests, run } = scripted(
    range(600, (answer) => {
      controller.abort(stop);
      return answer;
    }),
    { headers },
  );
  const options = { resume: true, concurrency: 1, signal: controller.signal };
  await assert.rejects(run(path, options), stop);
  return requests;
}

async function partOf(folder: string): Promise<string> {
  const names = await readdir(folder);
  assert.equal(names.length, 3, names.join());
  return join(folder, names.find((name) => name.endsWith('.minis3-part'))!);
}

test('what an interrupted download kept is not asked for again', async () => {
  const { folder, path } = await place();
  assert.equal((await interrupted(path)).length, 8);
  await partOf(folder);
  assert.equal(await readFile(path, 'utf8'), 'old');
  const value = checksum('CRC32', content, nodeHashes);
  const again = scripted(undefined, { checksum: 'CRC32', headers: { 'x-amz-checksum-crc32': value } });
  const told: Progress[] = [];
  const { verified } = await again.run(path, {
    resume: true,
    // How it is cut was decided before.
    partSize: 333,
    concurrency: 1,
    onProgress: (progress) => told.push(progress),
  });
  assert.equal(verified, 'CRC32');
  assert.deepEqual(again.requests.map(firstOf), [-1, 600, 700, 800, 900]);
  assert.deepEqual(
    told.filter(({ parts }, i) => parts !== told[i - 1]?.parts),
    [7, 8, 9, 10].map((parts) => ({ loaded: parts * 100, total: 1000, parts })),
  );
  assert.deepEqual(new Uint8Array(await readFile(path)), content);
  assert.deepEqual(await readdir(folder), ['file']);
});

const changes: [name: string, spoil: (part: string) => Promise<unknown>, asked: number][] = [
  ['one range in the file is damaged', (part) => patch(part, 250), 5],
  ['the file is cut', async (part) => writeFile(part, (await readFile(part)).subarray(0, 350)), 7],
  ['the note is no note', (part) => writeFile(`${part}.json`, '{"done":'), 10],
  ['the note is of another kind', (part) => writeFile(`${part}.json`, '[1,2,3]'), 10],
  ['the note is gone', (part) => rm(`${part}.json`), 10],
  ['the file is gone', (part) => rm(part), 10],
  [
    'the note has ranges that cannot be',
    (part) =>
      editNote(part, (note) => ({
        ...note,
        done: [...note.done, [10, 'x'], [-1, 'x'], [0.5, 'x'], ['1', 'x']],
      })),
    4,
  ],
  [
    'the note has a part size that cannot be',
    (part) => editNote(part, (note) => ({ ...note, partSize: -1 })),
    10,
  ],
  ['the note is about another object', (part) => editNote(part, (note) => ({ ...note, object: [] })), 10],
  ['nothing has changed', async () => {}, 4],
];

async function patch(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at]! ^= 1;
  await writeFile(file, bytes);
}

type Note = { object: unknown[]; partSize: number; done: unknown[] };

async function editNote(part: string, edit: (note: Note) => Note): Promise<void> {
  const note = JSON.parse(await readFile(`${part}.json`, 'utf8'));
  await writeFile(`${part}.json`, JSON.stringify(edit(note)));
}

for (const [name, spoil, asked] of changes) {
  test(`going on when ${name}: ${asked} ranges are asked for`, async () => {
    const { folder, path } = await place();
    await interrupted(path);
    await spoil(await partOf(folder));
    const { requests, run } = scripted();
    await run(path, { resume: true });
    assert.equal(requests.length - 1, asked);
    assert.deepEqual(new Uint8Array(await readFile(path)), content);
    assert.deepEqual(await readdir(folder), ['file']);
  });
}

test('a download of something else begins anew', async () => {
  for (const [options, headers] of [
    [{ versionId: 'v2' }, {}],
    [{ bucket: 'other' }, {}],
    [{}, { etag: '"v0"' }],
  ]) {
    const { path } = await place();
    await interrupted(path, headers as Record<string, string>);
    const { requests, run } = scripted();
    await run(path, { resume: true, ...options });
    assert.equal(requests.length, 11);
    assert.deepEqual(new Uint8Array(await readFile(path)), content);
  }
});

test('what was kept does not count when the server no longer has ranges', async () => {
  const { folder, path } = await place();
  await interrupted(path);
  await patch(await partOf(folder), 50);
  const { run } = scripted((answer, { method }) =>
    method === 'HEAD' ? answer : { status: 200, headers: { etag, 'content-length': '1000' }, body: content },
  );
  const told: Progress[] = [];
  const { size } = await run(path, { resume: true, onProgress: (progress) => told.push(progress) });
  assert.equal(size, 1000);
  assert.deepEqual(told, [{ loaded: 1000, total: 1000, parts: 0 }]);
  assert.deepEqual(new Uint8Array(await readFile(path)), content);
});

test('after a failure what had come is kept, too', async () => {
  const { folder, path } = await place();
  const { run } = scripted(range(500, () => ({ status: 403 })));
  assert.equal((await rejected(run(path, { resume: true, concurrency: 1 }))).code, 'Forbidden');
  await partOf(folder);
  const again = scripted();
  await again.run(path, { resume: true });
  assert.equal(again.requests.length, 1 + 5);
});

test('of two downloads that would share what they keep, the second is refused', async () => {
  const { path } = await place();
  const { run } = scripted();
  const [one, two] = await Promise.allSettled([run(path, { resume: true }), run(path, { resume: true })]);
  assert.deepEqual([one.status, two.status].sort(), ['fulfilled', 'rejected']);
  assert.match(String([one, two].map((each) => 'reason' in each && each.reason)), /EBUSY/);
  assert.deepEqual(new Uint8Array(await readFile(path)), content);
});

test('a process that is killed in the middle has kept what another one goes on with', async () => {
  const { folder, path } = await place();
  const size = 16 * 65_536 + 1;
  const bytes = pattern(size);
  await embedded.conn.upload('k', bytes);
  const half = 8 * 65_536;
  const child = fork(
    fileURLToPath(new URL('download-child.ts', import.meta.url)),
    [embedded.server.url!, path, String(half), '65536'],
    { stdio: 'inherit' },
  );
  const exit = once(child, 'exit');
  while ((await keptRanges(folder)) < 8) {
    assert.equal(child.exitCode, null);
    await delay(10);
  }
  child.kill('SIGKILL');
  await exit;
  assert.equal(await readFile(path, 'utf8'), 'old');
  assert.equal((await stat(await partOf(folder))).size, half);

  const count = embedded.count();
  await embedded.conn.download('k', path, { resume: true });
  assert.equal(count('GetObject'), 17 - 8);
  assert.ok(Buffer.from(bytes).equals(await readFile(path)));
  assert.deepEqual(await readdir(folder), ['file']);
});

async function keptRanges(folder: string): Promise<number> {
  const note = (await readdir(folder)).find((name) => name.endsWith('.minis3-part.json'));
  const text = note && (await readFile(join(folder, note), 'utf8').catch(() => undefined));
  return text ? (JSON.parse(text) as Note).done.length : 0;
}
