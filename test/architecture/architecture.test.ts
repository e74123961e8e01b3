import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkArchitecture } from './check-architecture.ts';

test('every file of src keeps to the import table', () => {
  const root = new URL('../../', import.meta.url);
  const paths = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts'));
  assert.ok(paths.length > 30, 'the sources are found');
  const sources = new Map(paths.map((path) => [path, readFileSync(new URL(path, root), 'utf8')]));
  assert.equal(checkArchitecture(sources).join('\n'), '');
});

test('a sound tree has nothing to report', () => {
  assert.deepEqual(
    check({
      'src/protocol/date.ts': "/**\n * import { x } from 'minis3';\n */\nexport const day = 1;\n",
      'src/http/send.ts': "import type { day } from '../protocol/date.ts';\nexport type T = typeof day;\n",
      'src/operations/get.ts': "import type { T } from '../http/send.ts';\nexport const get = {} as T;\n",
      'src/node/hash.ts': "import { createHash } from 'node:crypto';\nexport const hash = createHash;\n",
      'src/server/handler.ts': "import {\n  hash,\n} from '../node/hash.ts';\nexport const handler = hash;\n",
      'src/cli/main.ts': "import 'commander';\nawait import('../index.node.ts');\n",
      'src/index.node.ts': "export { get } from './operations/get.ts';\nexport * from './node/hash.ts';\n",
    }),
    [],
  );
});

const BROKEN: readonly [rule: string, files: Record<string, string>, expected: RegExp][] = [
  [
    'a room entered from below',
    { 'src/protocol/a.ts': "export { b } from '../http/b.ts';", 'src/http/b.ts': '' },
    /^src\/protocol\/a\.ts imports '\.\.\/http\/b\.ts': 'protocol' may import nothing, not 'http'$/,
  ],
  [
    'a value where a type is allowed',
    { 'src/operations/a.ts': "import { b } from '../http/b.ts';", 'src/http/b.ts': '' },
    /^src\/operations\/a\.ts imports .* only types from 'http'$/,
  ],
  [
    'another file of a room of which one file is open',
    { 'src/server/a.ts': "import { b } from '../node/b.ts';", 'src/node/b.ts': '' },
    /^src\/server\/a\.ts .* may import protocol, src\/node\/hash\.ts, not 'node'$/,
  ],
  [
    'the portable door on Node',
    { 'src/index.ts': "export * from './node/b.ts';", 'src/node/b.ts': '' },
    /^src\/index\.ts .* the portable door imports nothing from 'node'$/,
  ],
  [
    'a node: module in a portable room, imported dynamically',
    { 'src/client/a.ts': "const fs = await import('node:fs');" },
    /^src\/client\/a\.ts imports 'node:fs': 'client' is portable/,
  ],
  ['a type through import()', { 'src/client/a.ts': "type F = import('node:fs').Stats;" }, /portable/],
  ['a package', { 'src/http/a.ts': "import { fetch } from 'undici';" }, /'http' imports no package$/],
  ['a lost file', { 'src/http/a.ts': "import './gone.ts';" }, /there is no src\/http\/gone\.ts$/],
  ['a room that nobody planned', { 'src/misc/a.ts': '' }, /^src\/misc\/a\.ts: no room of this name/],
  ['a vague name', { 'src/http/utils.ts': '' }, /^src\/http\/utils\.ts: a file is named for/],
  ['a default export', { 'src/http/a.ts': 'export default 1;' }, /^src\/http\/a\.ts: no default export$/],
  [
    'a cycle, of types too',
    {
      'src/http/a.ts': "import type { B } from './b.ts';",
      'src/http/b.ts': "import {\n  c,\n} from './c.ts';",
      'src/http/c.ts': "export * from './a.ts';",
    },
    /^import cycle: src\/http\/a\.ts -> src\/http\/b\.ts -> src\/http\/c\.ts -> src\/http\/a\.ts$/,
  ],
];

for (const [rule, files, expected] of BROKEN) {
  test(`the check finds ${rule}`, () => {
    const problems = check(files);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0]!, expected);
  });
}

function check(files: Record<string, string>): string[] {
  return checkArchitecture(new Map(Object.entries(files)));
}
