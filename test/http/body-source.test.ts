import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BodyInput, BodySource } from '../../src/http/body.ts';
import { bodySource } from '../../src/http/body-source.ts';

const hello = new TextEncoder().encode('héllo');
let folder: string;
let path: string;
let file: FileHandle;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'body-'));
  path = join(folder, 'hello');
  await writeFile(path, hello);
  file = await open(path);
});
after(async () => {
  await file.close();
  await rm(folder, { recursive: true });
});

async function* pieces(...parts: unknown[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield part as Uint8Array;
}

async function read(source: BodySource, start?: number, end?: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.open(start, end)) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

const web = (bytes: Uint8Array) => new Blob([bytes]).stream() as ReadableStream<Uint8Array>;

interface Expected {
  size: number | undefined;
  replayable: boolean;
  seekable: boolean;
}
const memory: Expected = { size: 6, replayable: true, seekable: true };
const stream: Expected = { size: undefined, replayable: false, seekable: false };
const table: [name: string, make: () => BodyInput, expected: Expected][] = [
  ['string', () => 'héllo', memory],
  ['Uint8Array', () => hello, memory],
  ['Buffer', () => Buffer.from(hello), memory],
  ['ArrayBuffer', () => hello.slice().buffer, memory],
  ['DataView', () => new DataView(new Uint8Array([0, ...hello, 0]).buffer, 1, 6), memory],
  ['Uint16Array', () => new Uint16Array(hello.slice().buffer), memory],
  ['Blob', () => new Blob(['hé', 'llo']), memory],
  ['FileHandle', () => file, memory],
  ['ReadableStream', () => web(hello), stream],
  ['Node Readable', () => Readable.from([hello.subarray(0, 2), hello.subarray(2)]), stream],
  [
    'Node Readable in text mode',
    () => createReadStream(path, { encoding: 'utf8', highWaterMark: 2 }),
    stream,
  ],
  ['async iterable', () => pieces(hello.subarray(0, 3), 'l', hello.slice(4).buffer), stream],
  ['function giving bytes', () => async () => hello, memory],
  [
    'function giving a stream',
    () => () => web(hello),
    { size: undefined, replayable: true, seekable: false },
  ],
  [
    'function giving a function',
    () => () => () => pieces(hello),
    { size: undefined, replayable: true, seekable: false },
  ],
];

for (const [name, make, expected] of table) {
  test(name, async () => {
    const given = bodySource(make());
    assert.equal(given instanceof Promise, !/^(string|Uint|Buffer|ArrayBuffer|DataView)/.test(name));
    const source = await given;
    const { size, replayable, seekable } = source;
    assert.deepEqual({ size, replayable, seekable }, expected);
    assert.deepEqual(await read(source), hello);
    if (replayable) assert.deepEqual(await read(source), hello);
    else assert.throws(() => source.open(), /cannot be read again/);
    if (seekable) {
      assert.deepEqual(await read(source, 1, 3), hello.subarray(1, 3));
      assert.deepEqual(await read(source, 4), hello.subarray(4));
    } else {
      assert.throws(() => source.open(1), TypeError);
    }
    if (source.bytes) assert.deepEqual(new Uint8Array(source.bytes), hello);
    if (source.blob) assert.deepEqual(new Uint8Array(await source.blob.arrayBuffer()), hello);
    assert.equal(source.bytes !== undefined, seekable && name !== 'Blob' && name !== 'FileHandle');
    assert.equal(source.blob !== undefined, name === 'Blob');

    assert.equal((await bodySource(make(), 6)).size, 6);
    const other = async () => bodySource(make(), 7);
    if (expected.size === undefined) assert.equal((await other()).size, 7);
    else await assert.rejects(other, RangeError);
  });
}

test('nothing is a body too', async () => {
  for (const input of ['', new Uint8Array(), new Blob([]), () => '']) {
    const source = await bodySource(input as BodyInput);
    assert.deepEqual([source.size, await read(source)], [0, new Uint8Array()]);
  }
});

test('a large file is read in bounded chunks, not past the size it had', async () => {
  const large = join(folder, 'large');
  await writeFile(large, Buffer.alloc(600_000, 1));
  await using handle = await open(large, 'r+');
  const source = await bodySource(handle);
  await handle.write(Buffer.alloc(10), 0, 10, 600_000);
  const lengths: number[] = [];
  const buffers = new Set<ArrayBufferLike>();
  for await (const chunk of source.open()) {
    lengths.push(chunk.length);
    buffers.add(chunk.buffer);
  }
  assert.deepEqual(lengths, [262_144, 262_144, 75_712]);
  assert.equal(buffers.size, 3);
  await handle.truncate(100);
  assert.equal((await read(source)).length, 100);
});

test('what is no body is refused with what would be one', async () => {
  for (const input of [null, undefined, 1, true, {}, [hello], new Map(), Symbol('s')]) {
    await assert.rejects(async () => bodySource(input as never), /must be a string, bytes/, String(input));
  }
  await assert.rejects(async () => bodySource((() => 5) as never), TypeError);
  const locked = web(hello);
  locked.getReader();
  await assert.rejects(async () => bodySource(locked), TypeError);
  await using handle = await open('/dev/null');
  await assert.rejects(async () => bodySource(handle), /regular file/);
  await assert.rejects(async () => read(await bodySource(pieces(5))), /not number/);
  for (const length of [-1, 1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY, '5']) {
    assert.throws(() => bodySource(web(hello), length as number), RangeError);
  }
});

test('a source that waits is ended by `return`, one never opened by `cancel`', async () => {
  let cancelled = 0;
  const idleStream = () =>
    new ReadableStream<Uint8Array>({
      cancel() {
        cancelled++;
      },
    });
  for (const input of [idleStream(), () => idleStream()]) {
    const iterator = (await bodySource(input)).open()[Symbol.asyncIterator]();
    const waiting = iterator.next();
    await sleep(1);
    await iterator.return?.();
    assert.equal((await waiting).done, true);
  }
  for (const input of [idleStream(), () => idleStream()]) (await bodySource(input)).cancel();
  assert.equal(cancelled, 4);

  const streams = [new PassThrough(), new PassThrough()];
  const iterator = (await bodySource(streams[0]!)).open()[Symbol.asyncIterator]();
  const waiting = iterator.next().catch(() => {});
  iterator.return?.();
  await waiting;
  (await bodySource(streams[1]!)).cancel();
  assert.deepEqual(
    streams.map((given) => given.destroyed),
    [true, true],
  );

  let returned = 0;
  const iterable = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<never>(() => {}),
      return: async () => ({ done: true as const, value: returned++ }),
    }),
  };
  (await bodySource(iterable)).cancel();
  const opened = await bodySource(iterable);
  const started = opened.open()[Symbol.asyncIterator]();
  opened.cancel();
  await started.return?.();
  assert.equal(returned, 2);
});

test('the error of a source is the one the reader gets, even when it comes before the reading', async () => {
  const failure = new Error('disk on fire');
  const early = new PassThrough();
  const source = await bodySource(early);
  early.destroy(failure);
  await sleep(1);
  await assert.rejects(read(source), (error) => error === failure);
  const missing = await bodySource(createReadStream(join(folder, 'missing')));
  await sleep(10);
  await assert.rejects(read(missing), { code: 'ENOENT' });
  const web = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(failure);
    },
  });
  await assert.rejects(read(await bodySource(web)), (error) => error === failure);
  await assert.rejects(
    async () =>
      bodySource(() => {
        throw failure;
      }),
    (error) => error === failure,
  );
});
