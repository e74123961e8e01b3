import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../scripts/servers/free-ports.ts';
import { openSandbox, type Sandbox } from '../scripts/servers/sandbox.ts';
import type { Target } from './client.ts';
import { pin } from './pin.ts';
import type { Workload } from './workload.ts';

export interface BenchServer {
  /** What it is, for the report. */
  readonly name: string;
  readonly target: Target;
  /** For the clients' files, beside the server's own. */
  readonly folder: string;
  stop(): Promise<void>;
}

/**
 * Starts the server the clients are measured against, on the first core: nginx with plain files, which costs so little
 * that the client is what is measured; the embedded server where there is no nginx, or S3 itself is needed.
 */
export function startServer({ objects, needsS3 = false }: Workload): Promise<BenchServer> {
  // Objects belong in memory, where there is a file system for it: no disk is measured here.
  const parent = existsSync('/dev/shm') ? '/dev/shm' : undefined;
  return openSandbox('bench', (sandbox) => start(sandbox, objects, needsS3), parent);
}

async function start(
  sandbox: Sandbox,
  objects: Readonly<Record<string, number>>,
  needsS3: boolean,
): Promise<BenchServer> {
  const [port] = await freePorts(1);
  const target: Target = {
    hostname: '127.0.0.1',
    port,
    bucket: 'bench',
    region: 'us-east-1',
    accessKey: 'BENCHACCESSKEY000001',
    secretKey: 'bench/secret+key/0123456789abcdefghijklm',
  };
  const version = /nginx\/([\d.]+)/.exec(spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr ?? '')?.[1];
  const nginx = version !== undefined && !needsS3;
  if (!nginx) {
    const program = fileURLToPath(new URL('embedded-server.ts', import.meta.url));
    const args = ['--import', 'tsx', program, JSON.stringify({ target, objects })];
    sandbox.daemon('embedded', ...pin(0, process.execPath, args));
  } else {
    await startNginx(sandbox, target, objects);
  }
  const [known] = Object.keys(objects);
  const url = `http://${target.hostname}:${port}/${target.bucket}/${known ?? ''}`;
  await sandbox.until('the server', async () => (await fetch(url)).ok || known === undefined);
  const folder = sandbox.path('files');
  await mkdir(folder, { recursive: true });
  return { name: nginx ? `nginx ${version}` : 'the embedded server', target, folder, stop: sandbox.stop };
}

async function startNginx(
  sandbox: Sandbox,
  target: Target,
  objects: Readonly<Record<string, number>>,
): Promise<void> {
  const bucket = sandbox.path('root', target.bucket);
  await mkdir(bucket, { recursive: true });
  for (const [key, size] of Object.entries(objects)) {
    await writeFile(`${bucket}/${key}`, '');
    await truncate(`${bucket}/${key}`, size);
  }
  const conf = sandbox.path('nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${sandbox.path(name)};`)
    .join('\n  ');
  await writeFile(
    conf,
    `daemon off;
master_process off;
pid ${sandbox.path('nginx.pid')};
error_log ${sandbox.path('nginx-error.log')};
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  ${temporary}
  server {
    listen ${target.hostname}:${target.port};
    root ${sandbox.path('root')};
    client_max_body_size 0;
    location / { dav_methods PUT DELETE; }
  }
}
`,
  );
  sandbox.daemon('nginx', ...pin(0, 'nginx', ['-e', sandbox.path('nginx-error.log'), '-c', conf]));
}
