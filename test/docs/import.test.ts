import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProgram } from '../support/run-program.ts';

const root = join(import.meta.dirname, '../..');

test('importing minis3 changes no global, opens nothing, and the process ends by itself', async () => {
  await mkdir(join(root, 'tmp'), { recursive: true });
  const folder = await mkdtemp(join(root, 'tmp', 'import-'));
  try {
    const program = join(folder, 'import.mts');
    await writeFile(
      program,
      `
      const owners = [globalThis, Object.prototype, Array.prototype, Promise, Promise.prototype, Function.prototype, process];
      const look = () => owners.map((owner) => Reflect.ownKeys(owner).map((name) => {
        const { value, get } = Reflect.getOwnPropertyDescriptor(owner, name)!;
        return [name, get ?? value] as const;
      }));
      const before = look();
      const handles = process.getActiveResourcesInfo().length;
      await import('minis3');
      await import('minis3/operations');
      await import('minis3/server');
      const after = look();
      const changed = after.flatMap((now, i) => now.filter(([name, value]) => !before[i]!.some((was) => was[0] === name && Object.is(was[1], value))));
      console.log('changed', changed.map(([name]) => String(name)).join(' ') || 'nothing');
      console.log('opened', process.getActiveResourcesInfo().length - handles);
      `,
    );
    const { code, output } = await runProgram(program, { cwd: folder });
    assert.equal(code, 0, output);
    assert.match(output, /^changed nothing$/m);
    assert.match(output, /^opened 0$/m);
  } finally {
    await rm(folder, { recursive: true });
  }
});
