import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { DOMAIN } from './certificate.ts';
import { freePorts } from './free-ports.ts';
import type { S3Server } from './s3-server.ts';
import { openSandbox } from './sandbox.ts';

/** The `minio` binary: `$MINIO`, on PATH, or where `go install` puts it. */
export function findMinio(): string | undefined {
  const candidates = [
    process.env['MINIO'],
    ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'minio')),
    join(process.env['GOPATH'] ?? goPath() ?? join(homedir(), 'go'), 'bin', 'minio'),
  ];
  return candidates.find((file) => file !== undefined && existsSync(file));
}

/** Starts a throwaway MinIO with one drive on 127.0.0.1, over HTTP. It has one user: others need its own client. */
export async function startMinio(): Promise<S3Server> {
  const binary = findMinio();
  if (binary === undefined) {
    throw new Error('no minio binary: set MINIO, or run go install github.com/minio/minio@latest');
  }
  return openSandbox('minio', async (sandbox) => {
    const [port, consolePort] = await freePorts(2);
    const endpoint = `http://127.0.0.1:${port}`;
    const accessKey = 'minio-main-user';
    const secretKey = 'minio/main+secret/0123456789';
    const addresses = ['--address', `127.0.0.1:${port}`, '--console-address', `127.0.0.1:${consolePort}`];
    sandbox.daemon('minio', binary, ['server', ...addresses, sandbox.path('data')], {
      MINIO_ROOT_USER: accessKey,
      MINIO_ROOT_PASSWORD: secretKey,
      MINIO_DOMAIN: DOMAIN,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
      HOME: sandbox.folder,
    });
    await sandbox.until('minio', async () => (await fetch(`${endpoint}/minio/health/ready`)).ok);
    return {
      name: 'minio',
      endpoint,
      vhostEndpoint: `http://${DOMAIN}:${port}`,
      region: 'us-east-1',
      accessKey,
      secretKey,
      stop: sandbox.stop,
    };
  });
}

function goPath(): string | undefined {
  const { stdout } = spawnSync('go', ['env', 'GOPATH'], { encoding: 'utf8' });
  return stdout?.trim() || undefined;
}
