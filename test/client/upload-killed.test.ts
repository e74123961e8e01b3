import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { MultipartUpload } from '../../src/index.node.ts';
import { embeddedServer, pattern, sha256 } from '../support/embedded-server.ts';

const mebibyte = 1024 ** 2;

test('an upload whose process was killed goes on from its token, and sends only the missing parts', async (t) => {
  const embedded = await embeddedServer();
  const folder = await mkdtemp(join(tmpdir(), 'minis3-upload-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'source');
  const bytes = pattern(6 * 5 * mebibyte + 1);
  await writeFile(path, bytes);

  const count = embedded.count();
  const program = join(import.meta.dirname, 'upload-child.ts');
  const url = embedded.server.url as string;
  // Parts of 5 MiB, 7 of them, of which 3 get through.
  const child = spawn(process.execPath, [...process.execArgv, program, url, path, `${5 * mebibyte}`, '3'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  while (count('UploadPart') < 3 || !printed.includes('\n')) {
    assert.equal(child.exitCode, null);
    await delay(10);
  }
  child.kill('SIGKILL');
  await exit;
  assert.equal(count('UploadPart'), 3);
  const token = printed.trim();
  assert.ok(!token.includes('minis3-secret'));

  // With its size or time of change another, the file may be another.
  const past = new Date(0);
  const touched = join(folder, 'touched');
  await writeFile(touched, bytes);
  await utimes(touched, past, past);
  await assert.rejects(MultipartUpload.resume(embedded.conn, token, touched), { code: 'SourceChanged' });
  assert.equal(count('UploadPart'), 3);

  const upload = await MultipartUpload.resume(embedded.conn, token, path);
  await upload.done();
  assert.equal(count('UploadPart'), 7);
  const stored = await (await embedded.conn.get('k')).bytes();
  assert.equal(sha256(stored), sha256(bytes));
  assert.deepEqual(await embedded.conn.getAllMultipartUploads(), []);
});
