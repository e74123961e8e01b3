import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { FileTarget } from '../../src/http/files.ts';
import { nodeFiles } from '../../src/node/file.ts';

const scratch = await mkdtemp(join(tmpdir(), 'minis3-file-'));
after(() => rm(scratch, { recursive: true }));
let folders = 0;

async function newFolder(): Promise<string> {
  const folder = join(scratch, String(++folders));
  await mkdir(folder);
  return folder;
}

const open = (path: string | URL, resumable = false) => nodeFiles.openTarget(path, { resumable });
const bytes = (text: string) => new TextEncoder().encode(text);
const posix = process.platform !== 'win32';

async function read(target: FileTarget, position: number, length: number): Promise<string> {
  const buffer = new Uint8Array(length);
  return new TextDecoder().decode(buffer.subarray(0, await target.read(buffer, position)));
}

for (const resumable of [false, true]) {
  const kind = resumable ? 'a resumable target' : 'a target';

  test(`${kind} is seen under its name when it is complete`, async () => {
    const folder = await newFolder();
    const path = join(folder, 'a.txt');
    await writeFile(path, 'old');
    const target = await open(path, resumable);
    assert.equal(target.kept, undefined);
    await target.write([bytes('wor'), bytes('ld, and more')], 6);
    await target.write([bytes('hello ')], 0);
    await target.keep('a note');
    assert.equal(await read(target, 0, 100), 'hello world, and more');
    assert.equal(await read(target, 6, 5), 'world');
    assert.equal(await readFile(path, 'utf8'), 'old');
    const others = (await readdir(folder)).filter((name) => name !== 'a.txt');
    for (const name of others) assert.match(name, /^\.a\.txt\.[0-9a-f]{12}\.minis3-part(\.json)?$/);
    await target.commit(11, false);
    assert.equal(await readFile(path, 'utf8'), 'hello world');
    assert.deepEqual(await readdir(folder), ['a.txt']);
    await target.discard();
    assert.equal(await readFile(path, 'utf8'), 'hello world');
  });

  test(`${kind} that is discarded leaves nothing behind, and the old file alone`, async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'a'), 'old');
    const target = await open(join(folder, 'a'), resumable);
    await target.write([bytes('new')], 0);
    await target.keep('a note');
    await target.discard();
    await target.discard();
    assert.deepEqual(await readdir(folder), ['a']);
    assert.equal(await readFile(join(folder, 'a'), 'utf8'), 'old');
  });

  test(`${kind} cannot be where there is no folder, or where something else is`, async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'sub'));
    await symlink('sub', join(folder, 'to-sub'));
    const before = await readdir(folder, { recursive: true });
    for (const [path, code] of [
      ['missing/a', 'ENOENT'],
      ['file/a', 'ENOTDIR'],
      ['sub', 'EISDIR'],
      ['to-sub', 'EISDIR'],
      ['new/', 'EISDIR'],
      ['.', 'EISDIR'],
      ['n'.repeat(256), 'ENAMETOOLONG'],
    ] as const) {
      await assert.rejects(open(`${folder}/${path}`, resumable), { code }, path);
    }
    if (posix) {
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      before.push('pipe');
      await assert.rejects(open(join(folder, 'pipe'), resumable), { code: 'EINVAL' });
      await assert.rejects(open('/dev/null', resumable), { code: 'EINVAL' });
    }
    assert.deepEqual(await readdir(folder, { recursive: true }), before.sort());
  });

  test(`${kind} may have any name that a file may have`, async () => {
    const folder = await newFolder();
    for (const name of ['n'.repeat(255), 'é'.repeat(127), '😀'.repeat(63), '.hidden', '-', 'a b\nc']) {
      const target = await open(join(folder, name), resumable);
      await target.keep('a note');
      await target.commit(0, false);
      await rm(join(folder, name));
    }
  });
}

test('two targets of one name do not meet; a resumable one is one at a time', async () => {
  const folder = await newFolder();
  const path = join(folder, 'a');
  const [one, two] = [await open(path), await open(path)];
  await one.write([bytes('one')], 0);
  await two.write([bytes('two')], 0);
  await one.commit(3, false);
  assert.equal(await readFile(path, 'utf8'), 'one');
  await two.commit(3, false);
  assert.equal(await readFile(path, 'utf8'), 'two');

  const first = await open(path, true);
  await assert.rejects(open(path, true), { code: 'EBUSY' });
  await first.discard();
  await (await open(path, true)).commit(0, false);
  await (await open(path, true)).discard();
  assert.deepEqual(await readdir(folder), ['a']);
});

test('long names that differ only at their ends have different temporary files', async () => {
  const folder = await newFolder();
  const one = await open(join(folder, `${'n'.repeat(200)}1`), true);
  const two = await open(join(folder, `${'n'.repeat(200)}2`), true);
  assert.equal((await readdir(folder)).length, 2);
  await one.discard();
  await two.discard();
});

test('what was kept is there for the next one, with its note', async () => {
  const folder = await newFolder();
  const path = join(folder, 'a');
  const first = await open(path, true);
  await first.write([bytes('kept')], 2);
  await first.keep('first note');
  await first.keep('second note');
  await first.discard(true);
  const second = await open(path, true);
  assert.equal(second.kept, 'second note');
  assert.equal(await read(second, 2, 4), 'kept');
  await second.commit(6, false);
  assert.deepEqual(await readdir(folder), ['a']);
  assert.equal(await readFile(path, 'latin1'), '\0\0kept');
});

test('a note without its file says nothing, and goes', async () => {
  const folder = await newFolder();
  const path = join(folder, 'a');
  const first = await open(path, true);
  await first.keep('a note');
  await first.discard(true);
  const part = (await readdir(folder)).find((name) => name.endsWith('part'))!;
  await rm(join(folder, part));
  const second = await open(path, true);
  assert.equal(second.kept, undefined);
  assert.deepEqual(await readdir(folder), [part]);
  await second.discard();
});

test('nothing is written through a link in the place of the temporary file', { skip: !posix }, async () => {
  for (const plant of [symlink, link]) {
    const folder = await newFolder();
    const path = join(folder, 'a');
    const first = await open(path, true);
    await first.discard(true);
    const part = join(folder, (await readdir(folder))[0]!);
    await rm(part);
    const victim = join(folder, 'victim');
    await writeFile(victim, 'precious');
    await plant(victim, part);
    await assert.rejects(open(path, true), { code: plant === symlink ? 'ELOOP' : 'EEXIST' });
    assert.equal(await readFile(victim, 'utf8'), 'precious');
    // Refusing it holds nothing: once it is gone there is no reason to.
    await rm(part);
    await (await open(path, true)).discard();
  }
});

test('a link in the place of the file itself is replaced, not followed', { skip: !posix }, async () => {
  const folder = await newFolder();
  const path = join(folder, 'a');
  await writeFile(join(folder, 'victim'), 'precious');
  for (const to of ['victim', 'nowhere']) {
    await symlink(to, path);
    const target = await open(path);
    await target.write([bytes('new')], 0);
    await target.commit(3, false);
    assert.ok((await lstat(path)).isFile());
    assert.equal(await readFile(path, 'utf8'), 'new');
    await rm(path);
  }
  assert.deepEqual(await readdir(folder), ['victim']);
  assert.equal(await readFile(join(folder, 'victim'), 'utf8'), 'precious');
});

test('modes: that of the file it replaces, else what the umask leaves', { skip: !posix }, async () => {
  const folder = await newFolder();
  const path = join(folder, 'a');
  const modeOf = async (file: string) => (await stat(file)).mode & 0o7777;
  const umask = process.umask(0o027);
  try {
    await (await open(path)).commit(0, true);
    assert.equal(await modeOf(path), 0o640);
    for (const mode of [0o600, 0o664, 0o400]) {
      await chmod(path, mode);
      const target = await open(path);
      const part = (await readdir(folder)).find((name) => name !== 'a')!;
      assert.equal(await modeOf(join(folder, part)), 0o600);
      await target.commit(0, true);
      assert.equal(await modeOf(path), mode);
    }
  } finally {
    process.umask(umask);
  }
});

test('a commit that fails leaves what is to be discarded', async () => {
  const folder = await newFolder();
  const path = join(folder, 'a');
  const target = await open(path);
  await mkdir(path);
  await assert.rejects(target.commit(0, false), { syscall: 'rename' });
  await target.discard();
  assert.deepEqual(await readdir(folder), ['a']);
});

test('a file: URL, and a path that is relative to where the process was', async () => {
  const folder = await newFolder();
  const target = await open(pathToFileURL(join(folder, 'a b')));
  await target.commit(0, false);
  const cwd = process.cwd();
  process.chdir(folder);
  try {
    const relative = await open('c');
    process.chdir(scratch);
    await relative.commit(0, false);
  } finally {
    process.chdir(cwd);
  }
  assert.deepEqual(await readdir(folder), ['a b', 'c']);
});

test('a source is a regular file, read by position', async () => {
  const folder = await newFolder();
  const path = join(folder, 'a');
  await writeFile(path, '0123456789');
  const source = await nodeFiles.openSource(path);
  assert.equal(source.size, 10);
  assert.equal(source.modified, (await stat(path)).mtimeMs);
  await rename(path, join(folder, 'b'));
  const buffer = new Uint8Array(4);
  assert.equal(await source.read(buffer, 3), 4);
  assert.equal(new TextDecoder().decode(buffer), '3456');
  assert.equal(await source.read(buffer, 8), 2);
  assert.equal(await source.read(buffer, 10), 0);
  await source.close();
  const other = await nodeFiles.openSource(pathToFileURL(join(folder, 'b')));
  assert.equal(other.size, 10);
  await other.close();
});

test('no source is a folder, a pipe, a device, or nothing', async () => {
  const folder = await newFolder();
  await assert.rejects(nodeFiles.openSource(folder), { code: 'EISDIR' });
  await assert.rejects(nodeFiles.openSource(join(folder, 'none')), { code: 'ENOENT' });
  if (!posix) return;
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await assert.rejects(nodeFiles.openSource(join(folder, 'pipe')), { code: 'EINVAL' });
  await assert.rejects(nodeFiles.openSource('/dev/null'), { code: 'EINVAL' });
});
