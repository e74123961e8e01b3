import { runTests } from './run-tests.ts';
import { findServers, KNOWN_SERVERS, type KnownServer } from './servers/known-servers.ts';
import type { S3Server, S3ServerSettings } from './servers/s3-server.ts';

/**
 * `npm run test:servers [-- NAME... --FLAG...]`: the conformance suite against real servers, one after another, each
 * started for it and ended after it; one line about each at the end. Without names: Ceph, the project's own, and the
 * others that are installed here. A server that is named is installed when it is missing and can be; so is Ceph.
 *
 * The suite reads MINIS3_TEST_SERVERS: a JSON array of `S3ServerSettings`.
 */
async function main(args: readonly string[]): Promise<void> {
  const flags = args.filter((arg) => arg.startsWith('-'));
  const names = args.filter((arg) => !arg.startsWith('-'));
  const servers = findServers(names.length > 0 ? names : defaultNames());
  const summary: string[] = [];
  for (const [name, server] of servers) {
    summary.push(await testServer(name, server, flags));
  }
  console.log(`\n${summary.join('\n')}`);
}

function defaultNames(): string[] {
  return ['ceph', 'embedded', ...['swift', 'minio'].filter((name) => KNOWN_SERVERS[name]?.installed())];
}

async function testServer(name: string, known: KnownServer, flags: readonly string[]): Promise<string> {
  const started = performance.now();
  let server: S3Server;
  try {
    if (!known.installed()) known.install?.();
    server = await known.start();
  } catch (error) {
    process.exitCode = 1;
    return `${name}: not tested: ${error instanceof Error ? error.message : error}`;
  }
  const { stop, ...settings } = server;
  console.log(`\n${settings.name} at ${settings.endpoint}`);
  try {
    const env = { MINIS3_TEST_SERVERS: JSON.stringify([settings satisfies S3ServerSettings]) };
    const files = ['test/conformance/servers.test.ts'];
    if (TRANSFERS.includes(name)) files.push('test/conformance/transfers.test.ts');
    const { ok, passed, failed, skipped } = await runTests(files, { flags, env, timeout: 300 });
    if (!ok) process.exitCode = 1;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    return `${settings.name}: ${ok ? 'ok' : 'FAILED'}, ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`;
  } finally {
    await stop();
  }
}

/** Servers quick enough for files of 2 GiB. */
const TRANSFERS = ['ceph', 'embedded'];

await main(process.argv.slice(2));
