import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServer } from 'minis3/server';
import { runProgram } from '../support/run-program.ts';

const root = join(import.meta.dirname, '../..');

test('the code of the README runs, from top to bottom', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code as string);
  assert.ok(blocks.length >= 5, `${blocks.length} blocks`);

  const server = await createServer({ users: [{ accessKey: 'KEY', secretKey: 'SECRET' }] });
  const { host } = new URL(await server.listen(0));
  const lines = blocks.join('\n').replaceAll('localhost:9000', host).split('\n');
  const imports = lines.filter((line) => line.startsWith('import '));
  const rest = lines.filter((line) => !line.startsWith('import '));

  // Inside the repository, so that `minis3` resolves to it.
  await mkdir(join(root, 'tmp'), { recursive: true });
  const folder = await mkdtemp(join(root, 'tmp', 'readme-'));
  try {
    const program = join(folder, 'readme.mts');
    await writeFile(program, [...imports, ...rest].join('\n'));
    const { code, output } = await runProgram(program, { cwd: folder });
    assert.equal(code, 0, output);
    assert.match(output, /^Hello, S3!$/m);
    assert.match(output, /^200 Zürich 2$/m);
    assert.match(output, /^users\/profile\.jpg 2 /m);
    assert.match(output, /^users\/$/m);
    assert.match(output, /^NoSuchKey: /m);
    assert.match(output, /^3 0 false$/m);
    assert.match(output, /^6000000 [0-9a-f]{32}/m);
    assert.equal(output.match(/^200$/gm)?.length, 3);
    assert.match(output, /^uploads\/c 6$/m);
  } finally {
    await rm(folder, { recursive: true });
    await server.close();
  }
});
