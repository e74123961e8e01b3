import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runTests } from './run-tests.ts';

/**
 * `npm test [-- PATH... --FLAG...]`: every test under `test/`, or under the folders and files named, with flags
 * handed on to Node. What needs other servers is left to `npm run test:servers`.
 */
async function main(args: readonly string[]): Promise<void> {
  const flags = args.filter((arg) => arg.startsWith('-'));
  const paths = args.filter((arg) => !arg.startsWith('-'));
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length > 0) throw new Error(`there is no ${missing.join(', ')}`);
  const files = (paths.length > 0 ? paths : ['test']).flatMap(testFiles);
  if (files.length === 0) throw new Error(`no *.test.ts under ${paths.join(', ')}`);
  const { ok } = await runTests(files, { flags });
  process.exitCode = ok ? 0 : 1;
}

function testFiles(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => file.endsWith('.test.ts') && !SERVER_TESTS.some((name) => file.endsWith(name)))
    .sort();
}

const SERVER_TESTS = ['servers.test.ts', 'transfers.test.ts'].map((name) => join('conformance', name));

await main(process.argv.slice(2));
