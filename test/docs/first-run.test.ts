import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServer } from 'minis3/server';
import { runProgram } from '../support/run-program.ts';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'examples/first-run.ts');
const none = {
  S3_ENDPOINT: undefined,
  S3_ACCESS_KEY: undefined,
  S3_SECRET_KEY: undefined,
  S3_REGION: undefined,
};

test('npm start', async () => {
  const { code, output } = await runProgram(program, { cwd: root, env: none });
  assert.equal(code, 0, output);
  assert.match(output, /^Done: every byte came back/m);
});

test('S3_ENDPOINT=... S3_ACCESS_KEY=... S3_SECRET_KEY=... npm start', async () => {
  const server = await createServer({ users: [{ accessKey: 'mine', secretKey: 'my-secret' }] });
  try {
    const S3_ENDPOINT = await server.listen(0);
    const env = { ...none, S3_ENDPOINT, S3_ACCESS_KEY: 'mine', S3_SECRET_KEY: 'my-secret' };
    const { code, output } = await runProgram(program, { cwd: root, env });
    assert.equal(code, 0, output);
    assert.ok(output.includes(S3_ENDPOINT));
    const left = await server.fetch(new Request(S3_ENDPOINT));
    assert.equal(left.status, 403);
    assert.ok(server.requests.some(({ operation }) => operation === 'CopyObject'));
    assert.equal(server.requests.filter(({ operation }) => operation === 'DeleteBucket').length, 2);
  } finally {
    await server.close();
  }
});
