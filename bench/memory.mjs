/**
 * `node bench/memory.mjs`, after `npm run build`: peak memory of a process that moves 2 GiB, as plain JavaScript so that
 * nothing but minis3 is in it. Server (embedded, in memory) and every transfer are processes of their own.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Connection } from '../dist/index.node.js';
import { createServer } from '../dist/server/index.js';

const bytes = 2 * 1024 ** 3;
const keys = { accessKey: 'bench', secretKey: 'bench-secret' };
const [role, endpoint, folder = ''] = process.argv.slice(2);

const transfers = {
  'a file, uploaded in parts of 8 MiB, 4 in flight': (conn) =>
    conn.uploadFile('file', join(folder, 'source'), { partSize: 8_388_608, concurrency: 4 }),
  'a stream of unknown length in chunks of 64 KiB, parts of 8 MiB, 4 in flight': (conn) =>
    conn.upload('stream', chunks(), { partSize: 8_388_608, concurrency: 4 }),
  'a download to a file, 8 in flight': (conn) =>
    conn.download('file', join(folder, 'target'), { concurrency: 8 }),
};

if (role === 'server') {
  const server = await createServer({ users: [keys] });
  const url = await server.listen(0);
  await new Connection({ ...keys, endpoint: url }).createBucket('bench');
  console.log(url);
} else if (role !== undefined) {
  const conn = new Connection({ ...keys, endpoint, defaultBucket: 'bench' });
  const started = performance.now();
  const cpu = process.cpuUsage();
  await transfers[role](conn);
  const { user, system } = process.cpuUsage(cpu);
  const peak = process.resourceUsage().maxRSS / 1024;
  const rate = bytes / 1000 / (performance.now() - started);
  const seconds = (user + system) / 1e6 / (bytes / 1024 ** 3);
  console.log(
    `${role}: peak RSS ${peak.toFixed(0)} MiB, ${rate.toFixed(0)} MB/s, ${seconds.toFixed(2)} s of CPU a GiB`,
  );
} else {
  await main();
}

async function main() {
  const program = fileURLToPath(import.meta.url);
  const files = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'minis3-memory-'));
  const server = spawn(process.execPath, [program, 'server'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise((resolve) =>
      server.stdout.once('data', (text) => resolve(`${text}`.trim())),
    );
    writeFileSync(join(files, 'source'), '');
    truncateSync(join(files, 'source'), bytes);
    for (const transfer of Object.keys(transfers)) {
      const { status } = spawnSync(process.execPath, [program, transfer, url, files], { stdio: 'inherit' });
      if (status !== 0) process.exitCode = 1;
    }
  } finally {
    server.kill();
    rmSync(files, { recursive: true });
  }
}

/** Every chunk is memory of its own, as those of a real stream are. */
function chunks() {
  let left = bytes;
  return new Readable({
    read() {
      if (left === 0) this.push(null);
      else {
        left -= 65_536;
        this.push(Buffer.alloc(65_536, 'minis3'));
      }
    },
  });
}
