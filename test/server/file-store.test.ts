import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fileStore } from '../../src/server/file-store.ts';
import type { Store } from '../../src/server/store.ts';
import {
  bucketRecord,
  collect,
  failing,
  objectRecord,
  put,
  putPart,
  text,
  uploadRecord,
} from './store-suite.ts';

const scratch = await mkdtemp(join(tmpdir(), 'minis3-file-store-'));
after(() => rm(scratch, { recursive: true }));
let folders = 0;

async function newFolder(): Promise<string> {
  const folder = join(scratch, String(++folders), 'store');
  await mkdir(folder, { recursive: true });
  return folder;
}

/** A folder with a bucket `b`, its store closed again. */
async function filled(fill: (store: Store) => Promise<unknown>): Promise<string> {
  const folder = await newFolder();
  await inStore(folder, async (store) => {
    await store.createBucket(bucketRecord('b'));
    await fill(store);
  });
  return folder;
}

async function inStore<T>(folder: string, run: (store: Store) => Promise<T>): Promise<T> {
  const store = await fileStore(folder);
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  const files = [];
  for (const name of entries) if ((await stat(join(folder, name))).isFile()) files.push(name);
  return files.sort();
}

test('file store: the folder says what is in it', async () => {
  const folder = await newFolder();
  await inStore(folder, async (store) => {
    await store.createBucket(bucketRecord('photos'));
    await put(store, 'photos', '2024/my cat.jpg', 'meow');
    await store.createUpload('photos', uploadRecord('film.mp4', 'u'));
    const staged = await store.stage(Readable.from([Buffer.from('frames')]));
    await store.putPart('photos', 'u', { partNumber: 1, size: 6, etag: 'e', lastModified: 1 }, staged);
  });
  assert.deepEqual(await filesIn(folder), [
    'journal.jsonl',
    'objects/photos/00000001-2024_my_cat.jpg',
    'objects/photos/00000002-part1-film.mp4',
  ]);
  assert.equal(await readFile(join(folder, 'objects/photos/00000001-2024_my_cat.jpg'), 'utf8'), 'meow');
});

test('file store: no key and no bucket name writes outside of the folder or a name too long', async () => {
  const folder = await newFolder();
  await inStore(folder, async (store) => {
    for (const bucket of ['..', '../..', '/tmp', 'a'.repeat(255)]) {
      await store.createBucket(bucketRecord(bucket));
      for (const key of [
        '..',
        '../../../x',
        '/x',
        '../'.repeat(341),
        '.hidden',
        'x'.repeat(1024),
        '\0',
        'é'.repeat(512),
      ]) {
        await put(store, bucket, key, 'x');
      }
    }
  });
  assert.deepEqual(await readdir(join(folder, '..')), ['store']);
  const files = await filesIn(join(folder, 'objects'));
  assert.equal(files.length, 4 * 8);
  for (const file of files)
    assert.match(file, /^[A-Za-z0-9_][\w.-]{0,80}~[0-9a-f]{32}\/\d{8}-[\w-][\w.-]{0,79}$/);
});

test('file store: what is replaced, refused, discarded or deleted leaves no file', async () => {
  const folder = await filled(async (store) => {
    await put(store, 'b', 'k', 'old');
    await put(store, 'b', 'k', 'new');
    await put(store, 'b', 'gone', 'x');
    await store.deleteObject('b', 'gone');
    const staged = await store.stage(Readable.from([Buffer.from('discarded')]));
    await staged.discard();
    const refused = await store.stage(Readable.from([Buffer.from('refused')]));
    const no = () => {
      throw new Error('no');
    };
    await assert.rejects(store.putObject('b', objectRecord('k', 7), refused, no), /no/);
    await assert.rejects(
      store.putObject('b', objectRecord('k', 7), refused),
      /published or discarded already/,
    );
    await store.createUpload('b', uploadRecord('k', 'u'));
    await putPart(store, 'u', 1, 'replaced');
    await putPart(store, 'u', 1, 'kept');
    await putPart(store, 'u', 2, 'not asked for');
    await store.completeUpload('b', 'u', [1], objectRecord('k', 4));
    await store.createUpload('b', uploadRecord('k', 'v'));
    await putPart(store, 'v', 1, 'aborted');
    await store.abortUpload('b', 'v');
    assert.equal(await putPart(store, 'v', 1, 'too late'), false);
    await assert.rejects(store.stage(failing()), /connection lost/);
  });
  const files = (await filesIn(folder)).filter((name) => name !== 'journal.jsonl');
  assert.equal(files.length, 1);
  assert.equal(await readFile(join(folder, files[0]!), 'utf8'), 'kept');
});

test('file store: an object replaced while it is held is removed by the time the store is closed', async () => {
  const folder = await filled(async (store) => {
    await put(store, 'b', 'k', 'old');
    const held = (await store.object('b', 'k'))!;
    await put(store, 'b', 'k', 'new');
    assert.equal((await collect(held.read(0, 3))).toString(), 'old');
  });
  assert.equal((await filesIn(join(folder, 'objects'))).length, 1);
});

test('file store: files are open only while they are read', async (context) => {
  const open = () => readdir('/proc/self/fd').then((names) => names.length);
  if (!(await open().catch(() => 0))) return context.skip('the system does not tell which files are open');
  await filled(async (store) => {
    await put(store, 'b', 'k', Buffer.alloc(600_000));
    const before = await open();
    for (let i = 0; i < 5; i++) {
      const object = (await store.object('b', 'k'))!;
      object.read(0, 1);
      for await (const _ of object.read(0, 600_000)) {
        assert.equal(await open(), before + 1);
        break;
      }
      await collect(object.read(0, 600_000));
    }
    await assert.rejects(store.stage(failing()), /connection lost/);
    assert.equal(await open(), before);
  });
});

test('file store: a closed store takes no more changes', async () => {
  const store = await fileStore(await newFolder());
  await store.close();
  await store.close();
  await assert.rejects(store.createBucket(bucketRecord('b')), /journal\.jsonl cannot be written any more/);
  assert.equal(await store.bucket('b'), undefined);
});

test('file store: a start clears what was unfinished and leaves alone what is not its own', async () => {
  const folder = await filled((store) => put(store, 'b', 'k', 'kept'));
  const [kept = ''] = await filesIn(join(folder, 'objects'));
  const bucket = join(folder, 'objects', kept, '..');
  await writeFile(join(folder, 'staging', '7'), 'half an obj');
  await writeFile(join(folder, 'journal.new'), '{"minis3-jour');
  await writeFile(join(bucket, '00000009-k'), 'renamed, but not in the journal');
  await writeFile(join(bucket, 'notes.txt'), 'of a person');
  await mkdir(join(folder, 'objects', 'empty'));
  await inStore(folder, async (store) => {
    assert.deepEqual(await readdir(join(folder, 'staging')), []);
    assert.deepEqual(await readdir(join(folder, 'objects')), [kept.split('/')[0]]);
    assert.deepEqual((await readdir(bucket)).sort(), [kept.split('/')[1], 'notes.txt']);
    assert.equal(await text(store, 'b', 'k'), 'kept');
    await put(store, 'b', 'k2', 'new');
    assert.equal(await text(store, 'b', 'k'), 'kept');
  });
});

test('file store: a torn end of the journal is cut off, whatever it is', async () => {
  const folder = await filled((store) => put(store, 'b', 'k', 'kept'));
  const journal = join(folder, 'journal.jsonl');
  const good = await readFile(journal, 'utf8');
  const line = good.split('\n').at(-2)!;
  const torn = [
    line.slice(0, -1),
    line,
    `${line.slice(0, 40)}\n`,
    '\0'.repeat(5000),
    `\0\n${line.slice(9)}\n{`,
    '\n',
  ];
  for (const tail of torn) {
    await writeFile(journal, good + tail);
    await inStore(folder, async (store) => {
      assert.equal(await readFile(journal, 'utf8'), good);
      assert.equal(await text(store, 'b', 'k'), 'kept');
      await put(store, 'b', 'next', 'goes on');
    });
    await inStore(folder, async (store) => {
      assert.equal(await text(store, 'b', 'next'), 'goes on');
      await store.deleteObject('b', 'next');
    });
  }
});

test('file store: a journal damaged anywhere else is not guessed at', async () => {
  const folder = await filled((store) => put(store, 'b', 'k', 'kept'));
  const journal = join(folder, 'journal.jsonl');
  const lines = (await readFile(journal, 'utf8')).split('\n');
  await writeFile(journal, lines.with(1, lines[1]!.replace('}', '')).join('\n'));
  await assert.rejects(fileStore(folder), /journal\.jsonl is damaged in line 2/);
  for (const other of ['', 'something else\n', '{"minis3-journal":2}\n']) {
    await writeFile(journal, other);
    await assert.rejects(fileStore(folder), /not a journal that this version of minis3 can read/);
  }
  await writeFile(journal, lines.join('\n'));
  assert.equal(await inStore(folder, (store) => text(store, 'b', 'k')), 'kept');
});

test('file store: a folder that holds something else is refused untouched', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, 'objects'));
  await writeFile(join(folder, 'objects', '1-precious'), 'x');
  await assert.rejects(fileStore(folder), /not empty and not a minis3 store/);
  assert.deepEqual(await filesIn(folder), ['objects/1-precious']);
});

test('file store: one process has the folder, until it closes or dies', async () => {
  const folder = await filled(async () => {});
  await inStore(folder, async () => {
    await assert.rejects(fileStore(folder), new RegExp(`in use by process ${process.pid}`));
  });
  const child = fork(fileURLToPath(import.meta.resolve('./store-crash-child.ts')), [
    folder,
    join(folder, '..', 'log'),
    '0',
  ]);
  await once(child, 'message');
  await assert.rejects(fileStore(folder), new RegExp(`in use by process ${child.pid}`));
  child.kill('SIGKILL');
  await once(child, 'exit');
  await inStore(folder, (store) => store.buckets());
  for (const stale of ['', 'nonsense', `${process.pid} 1`, '999999999 1']) {
    await writeFile(join(folder, 'lock'), stale);
    await inStore(folder, (store) => store.buckets());
  }
  assert.deepEqual((await readdir(folder)).sort(), ['journal.jsonl', 'objects', 'staging']);
});

test('file store: SIGKILL loses nothing acknowledged and leaves nothing half done', async () => {
  const folder = await filled(async () => {});
  const log = join(folder, '..', 'log');
  /** What each key held when it was last looked at. */
  const held = new Map<string, string>();
  for (let round = 1; round <= 4; round++) {
    const child = fork(fileURLToPath(import.meta.resolve('./store-crash-child.ts')), [
      folder,
      log,
      String(round),
    ]);
    await once(child, 'message');
    await delay(Math.random() * 60);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const possible = new Map(Array.from(held, ([key, value]) => [key, [value]]));
    for (const line of (await readFile(log, 'utf8')).split('\n').slice(0, -1)) {
      const [what, key, label, length] = JSON.parse(line) as [string, string, string | null, number];
      const value = `${label} ${length}`;
      possible.set(key, what === 'done' ? [value] : [...(possible.get(key) ?? ['null 0']), value]);
    }

    await inStore(folder, async (store) => {
      const records = await store.listObjects('b', { prefix: '', limit: 1000 });
      const listed = new Set(records.map((record) => record.key));
      let pieces = 0;
      for (const upload of await store.listUploads('b', '')) {
        pieces += (await store.listParts('b', upload.uploadId)).length;
      }
      for (const [key, values] of possible) {
        let found = 'null 0';
        if (listed.delete(key)) {
          const content = await text(store, 'b', key);
          const label = content.slice(0, content.indexOf(';'));
          assert.equal(content, `${label};`.repeat(content.length / (label.length + 1)), 'one whole content');
          found = `${label} ${content.length}`;
          pieces += Number(label.split('.')[2]) % 4 === 1 ? 2 : 1;
        }
        assert.ok(values.includes(found), `${key} has ${found}, not ${values.join(' or ')}`);
        held.set(key, found);
      }
      assert.deepEqual([...listed], [], 'nothing that nobody put');
      assert.equal((await filesIn(join(folder, 'objects'))).length, pieces, 'no file that nothing names');
      assert.deepEqual(await readdir(join(folder, 'staging')), []);
    });
  }
  assert.ok(held.size > 6);
});
