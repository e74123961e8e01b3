import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BodyInput } from '../../src/http/body.ts';
import { type Content, contentOf } from '../../src/http/content.ts';
import { cutParts, largestPart, nextPartSize, type Part, type PartPlan } from '../../src/http/parts.ts';

const plan: PartPlan = { partSize: 10, most: 10_000, equal: true };
const alphabet = new TextEncoder().encode('abcdefghijklmnopqrstuvwxyz');

async function* chunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

function text({ blocks }: Part): string {
  return Buffer.concat(blocks).toString();
}

/** The texts of all parts, each released once it was read. */
async function texts(content: Content, cut = plan, concurrency = 1): Promise<string[]> {
  const found: string[] = [];
  for await (const part of cutParts(content, cut, concurrency)) {
    found.push(text(part));
    assert.equal(part.number, found.length);
    assert.equal(part.size, found.at(-1)?.length);
    part.release();
  }
  return found;
}

const handle = {
  stat: async () => ({ size: alphabet.length }),
  // Less at a time than asked for, as a file may give.
  read: async (buffer: Uint8Array, offset: number, length: number, position: number) => {
    const found = alphabet.subarray(position, position + Math.min(length, 3));
    buffer.set(found, offset);
    return { bytesRead: found.length };
  },
};

const bodies: Record<string, () => BodyInput> = {
  bytes: () => alphabet,
  'a Blob': () => new Blob([alphabet]),
  'a file': () => handle,
  'a function that gives a file': () => () => handle,
  'a function that gives a stream': () => () => chunks(alphabet, [4]),
  'a Node stream': () => Readable.from([alphabet.subarray(0, 1), alphabet.subarray(1)]),
  'a web stream': () => new Blob([alphabet]).stream(),
  'single bytes': () => chunks(alphabet, [1]),
  'one long chunk': () => chunks(alphabet, [26]),
  'chunks with empty ones between': () => chunks(alphabet, [0, 7, 0, 0, 3]),
};

for (const [name, body] of Object.entries(bodies)) {
  test(`${name} in parts`, async () => {
    assert.deepEqual(await texts(await contentOf(body())), ['abcdefghij', 'klmnopqrst', 'uvwxyz']);
  });
}

test('every length in chunks of any size is cut as planned, whole and in order', async () => {
  const lengths = fc.nat(45);
  const sizes = fc.array(fc.nat(25), { minLength: 1, maxLength: 4 }).filter((some) => some.some(Boolean));
  await fc.assert(
    fc.asyncProperty(lengths, sizes, fc.boolean(), async (length, some, known) => {
      const bytes = new Uint8Array(length).map((_, i) => 97 + (i % 26));
      const content = await contentOf(chunks(bytes, some), known ? length : undefined);
      const found = await texts(content);
      assert.equal(found.join(''), Buffer.from(bytes).toString());
      assert.ok(found.slice(0, -1).every((part) => part.length === 10));
      assert.equal(found.length, Math.max(1, Math.ceil(length / 10)));
    }),
    { numRuns: 100 },
  );
});

test('a part that was read before is the first', async () => {
  const content = await contentOf(chunks(alphabet.subarray(10), [3]));
  const found: string[] = [];
  for await (const part of cutParts(content, plan, 1, undefined, alphabet.subarray(0, 10))) {
    found.push(text(part));
    part.release();
  }
  assert.deepEqual(found, ['abcdefghij', 'klmnopqrst', 'uvwxyz']);
});

test('a part passed over is not read where that can be avoided', async () => {
  const read: number[] = [];
  const content: Content = {
    size: 26,
    seekable: true,
    async read(buffer, position) {
      read.push(position);
      return buffer.length;
    },
    close() {},
  };
  const sizes: number[] = [];
  for await (const part of cutParts(content, plan, 1, (number, size) => number === 2 && size === 10)) {
    sizes.push(part.size);
    part.release();
  }
  assert.deepEqual(sizes, [10, 10, 6]);
  assert.deepEqual(read, [0, 20]);
});

test('memory is used again, and no more of it than parts may be held', async () => {
  const parts = cutParts(await contentOf(chunks(new Uint8Array(400), [7])), plan, 2);
  const buffers = new Set<ArrayBufferLike>();
  const held: Part[] = [];
  for await (const part of parts) {
    for (const block of part.blocks) buffers.add(block.buffer);
    held.push(part);
    if (held.length === 2) held.shift()?.release();
  }
  assert.equal(buffers.size, 2);
});

test('parts of unknown length grow, in more blocks of memory, and wait until there are enough', async () => {
  // A twentieth of 20 parts: each is as large as all before it, to the MiB.
  const MiB = 1024 ** 2;
  const size = 23 * MiB;
  const content = await contentOf(chunks(new Uint8Array(size), [5 * MiB + 1]));
  const parts = cutParts(content, { partSize: MiB, most: 20, equal: false }, 1);
  const first = await next(parts);
  const second = await next(parts);
  const third = await next(parts);
  assert.deepEqual([first.size, second.size, third.size], [MiB, MiB, 2 * MiB]);
  assert.equal(third.blocks.length, 2);
  // Four blocks are held: the fourth part of four has to wait for them all.
  const fourth = next(parts);
  first.release();
  second.release();
  assert.equal(await Promise.race([fourth, pause('waiting')]), 'waiting');
  third.release();
  const { size: grown, blocks, release } = await fourth;
  assert.deepEqual([grown, blocks.length], [4 * MiB, 4]);
  // Eight are more than may be held at all, but for a part alone.
  const alone = next(parts);
  assert.equal(await Promise.race([alone, pause('waiting')]), 'waiting');
  release();
  assert.equal((await alone).size, 8 * MiB);
});

async function next(parts: AsyncIterator<Part>): Promise<Part> {
  const { done, value } = await parts.next();
  assert.ok(!done);
  return value;
}

function pause<T>(value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, 10, value));
}

test('10,000 growing parts reach 33 TiB, all of S3 with larger ones, 1,000 of them 3 TiB; equal ones do not grow', () => {
  const TiB = 1024 ** 4;
  const reach = (cut: PartPlan): number => {
    let position = 0;
    for (let i = 0; i < cut.most; i++) position += nextPartSize(cut, position);
    return position;
  };
  const MiB = 1024 ** 2;
  const usual = { partSize: 8 * MiB, most: 10_000, equal: false };
  assert.equal(Math.round(reach(usual) / TiB), 33);
  assert.equal(reach({ ...usual, partSize: largestPart }), 10_000 * largestPart);
  assert.ok(reach({ ...usual, most: 1000 }) > 3 * TiB);
  assert.equal(reach({ ...usual, equal: true }), 80_000 * MiB);
  assert.equal(nextPartSize(usual, 4000 * MiB), 8 * MiB);
  assert.equal(nextPartSize(usual, 4001 * MiB), 9 * MiB);
  assert.equal(nextPartSize(usual, 100 * 1024 * MiB), 205 * MiB);
});

test('more parts than there may be are an error, exactly as many are none', async () => {
  const four = { ...plan, most: 4, equal: true };
  assert.equal((await texts(await contentOf(chunks(new Uint8Array(40), [9])), four)).length, 4);
  await assert.rejects(texts(await contentOf(chunks(new Uint8Array(41), [9])), four), RangeError);
});

for (const [name, declared] of [
  ['longer', 25],
  ['shorter', 27],
  ['longer at the end of a part', 20],
  ['not empty', 0],
] as const) {
  test(`a stream that is ${name} than announced is an error`, async () => {
    await assert.rejects(texts(await contentOf(chunks(alphabet, [10]), declared)), RangeError);
  });
}

test('a file that has become shorter is an error', async () => {
  const content = await contentOf({ ...handle, stat: async () => ({ size: 30 }) });
  await assert.rejects(texts(content), { name: 'RangeError', message: /4 bytes short of the 30/ });
});

test("a source's error is thrown as it is, and its end waits for nobody", async () => {
  const failure = new Error('disk');
  async function* broken() {
    yield alphabet;
    throw failure;
  }
  await assert.rejects(texts(await contentOf(broken())), failure);

  let destroyed = false;
  const hanging = new Readable({
    read() {},
    destroy(_, done) {
      destroyed = true;
      done(null);
    },
  });
  hanging.push(alphabet);
  const parts = cutParts(await contentOf(hanging), plan, 2);
  await parts.next();
  await parts.next();
  const last = parts.next();
  await parts.return?.();
  assert.ok(destroyed);
  assert.deepEqual(await last, { done: true, value: undefined });
});

test('content is closed once, and unread content too', async () => {
  let cancelled = 0;
  const stream = new ReadableStream<Uint8Array>({ cancel: () => void cancelled++ });
  const content = await contentOf(stream);
  content.close();
  content.close();
  assert.equal(cancelled, 1);
});
