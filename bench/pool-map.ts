import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../scripts/servers/free-ports.ts';
import type { Target } from './client.ts';
import { pin } from './pin.ts';

/**
 * `node --import tsx bench/pool-map.ts [COUNT] [SIZE]`: a Pool's `map` with one HEAD for each of COUNT (1,000,000)
 * generated keys, SIZE (16) in flight, against the embedded server in a process of its own. Prints memory as it goes:
 * it has to stay where it is.
 */
async function main(count: number, size: number): Promise<void> {
  const { Pool } = await import('../dist/index.node.js');
  const [port] = await freePorts(1);
  const target: Target = {
    hostname: '127.0.0.1',
    port,
    bucket: 'bench',
    region: 'us-east-1',
    accessKey: 'BENCHACCESSKEY000001',
    secretKey: 'bench/secret+key/0123456789abcdefghijklm',
  };
  const program = fileURLToPath(new URL('embedded-server.ts', import.meta.url));
  const order = JSON.stringify({ target, objects: { one: 1 } });
  const [command, args] = pin(0, process.execPath, ['--import', 'tsx', program, order]);
  const server = spawn(command, args, { stdio: 'inherit' });
  try {
    const { hostname, accessKey, secretKey, bucket } = target;
    await using pool = new Pool({ endpoint: `http://${hostname}:${port}`, accessKey, secretKey, size });
    while (!(await pool.exists('one', bucket).catch(() => false)))
      await new Promise((resolve) => setTimeout(resolve, 50));
    let done = 0;
    let found = 0;
    for await (const each of pool.map(keys(count), (key) => pool.exists(key, bucket))) {
      if (each.result()) found++;
      if (++done % Math.ceil(count / 10) === 0) {
        const { heapUsed, rss } = process.memoryUsage();
        console.log(`${done} keys, ${found} found, heap ${mebibytes(heapUsed)}, RSS ${mebibytes(rss)}`);
      }
    }
    const { maxRSS } = process.resourceUsage();
    console.log(`${done} keys, RSS at most ${mebibytes(maxRSS * 1024)}`);
  } finally {
    server.kill();
  }
}

function* keys(count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield i % 1000 === 0 ? 'one' : `none/${i}`;
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;

await main(Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? 16));
