import { openSync, writeSync } from 'node:fs';
import { fileStore } from '../../src/server/file-store.ts';
import type { Store } from '../../src/server/store.ts';
import { objectRecord, uploadRecord } from './store-suite.ts';

// Started by file-store.test.ts to be killed: changes a store without end, and writes down what it is about to do
// and what it was told is done. Each worker has keys of its own, so what may be found there is known.
const [folder = '', log = '', round = ''] = process.argv.slice(2);
const store = await fileStore(folder);
const notes = openSync(log, 'w');

await Promise.all(Array.from({ length: 6 }, (_, worker) => work(store, worker)));

async function work(store: Store, worker: number): Promise<void> {
  for (let turn = 0; ; turn++) {
    const key = `../${worker}/${turn % 3}`;
    const text = turn % 5 === 3 ? null : `${round}.${worker}.${turn};`.repeat(1 + ((turn * 7919) % 3000));
    note('start', key, text);
    if (text === null) await store.deleteObject('b', key);
    else if (turn % 4 === 1) await multipart(store, key, text, `${round}.${worker}.${turn}`);
    else await store.putObject('b', objectRecord(key, text.length), await store.stage(chunks(text)));
    note('done', key, text);
    if (worker === 0 && turn === 0) process.send?.('working');
  }
}

async function multipart(store: Store, key: string, text: string, uploadId: string): Promise<void> {
  await store.createUpload('b', uploadRecord(key, uploadId));
  const half = text.length >>> 1;
  for (const [i, part] of [text.slice(0, half), text.slice(half), 'not asked for'].entries()) {
    const staged = await store.stage(chunks(part));
    const record = { partNumber: i + 1, size: staged.size, etag: 'e', lastModified: 1 };
    await store.putPart('b', uploadId, record, staged);
  }
  await store.completeUpload('b', uploadId, [1, 2], objectRecord(key, text.length));
}

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < text.length; start += 20_000)
    yield Buffer.from(text.slice(start, start + 20_000));
}

function note(what: 'start' | 'done', key: string, text: string | null): void {
  writeSync(notes, `${JSON.stringify([what, key, text?.slice(0, text.indexOf(';')), text?.length ?? 0])}\n`);
}
