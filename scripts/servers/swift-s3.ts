import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { hasPackages, installPackages } from './apt.ts';
import { DOMAIN } from './certificate.ts';
import { freePorts } from './free-ports.ts';
import { toIni } from './ini.ts';
import type { S3Server } from './s3-server.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

const PACKAGES = ['swift-proxy', 'swift-account', 'swift-container', 'swift-object', 'memcached'];

export const swiftInstalled = (): boolean => hasPackages(PACKAGES);
export const installSwift = (): void => installPackages(PACKAGES);

/**
 * Starts a throwaway OpenStack Swift with its S3 API: a proxy, one account, container and object server over one
 * folder, a memcached, on 127.0.0.1 alone. Takes 5 to 20 seconds and 280 MB.
 */
export function startSwift(): Promise<S3Server> {
  return openSandbox('swift', async (sandbox) => {
    const [port, memcachedPort, ...storagePorts] = await freePorts(5);
    await mkdir(sandbox.path('srv', 'd1'), { recursive: true });
    await writeSwiftConf();

    const user = userInfo().username;
    sandbox.daemon('memcached', 'memcached', [
      '-l',
      '127.0.0.1',
      '-p',
      `${memcachedPort}`,
      '-U',
      '0',
      '-u',
      user,
    ]);
    await Promise.all(
      ['account', 'container', 'object'].map((kind, index) =>
        startStorage(sandbox, kind, storagePorts[index]!),
      ),
    );
    await writeFile(sandbox.path('proxy.conf'), proxyConf(sandbox, port, memcachedPort));
    sandbox.daemon('proxy', 'swift-proxy-server', [sandbox.path('proxy.conf')]);

    const endpoint = `http://127.0.0.1:${port}`;
    await sandbox.until('the S3 API', () => refusesBadSignature(endpoint));
    for (const storagePort of storagePorts) {
      const recon = `http://127.0.0.1:${storagePort}/`;
      await sandbox.until('a storage server', () => fetch(recon).then(() => true));
    }
    const status = await sandbox.run('dpkg-query', ['-s', 'swift-proxy']);
    return {
      name: `swift-${/^Version: (?:\d+:)?(\d+)/m.exec(status)?.[1]}`,
      endpoint,
      vhostEndpoint: `http://${DOMAIN}:${port}`,
      region: 'us-east-1',
      accessKey: 'main:main',
      secretKey: MAIN_SECRET,
      altAccessKey: 'alt:alt',
      altSecretKey: ALT_SECRET,
      stop: sandbox.stop,
    };
  });
}

const MAIN_SECRET = 'swift-main-secret-0123456789';
const ALT_SECRET = 'swift-alt-secret-00123456789';
const SWIFT_CONF = '/etc/swift/swift.conf';

/** Swift reads this one file wherever its others lie, and will not start without a hash suffix in it. */
async function writeSwiftConf(): Promise<void> {
  if (existsSync(SWIFT_CONF)) return;
  await mkdir('/etc/swift', { recursive: true });
  await writeFile(
    SWIFT_CONF,
    toIni({
      'swift-hash': { swift_hash_path_suffix: 'test', swift_hash_path_prefix: 'test' },
      'storage-policy:0': { name: 'Policy-0', default: 'yes' },
    }),
  );
}

async function startStorage(sandbox: Sandbox, kind: string, port: number): Promise<void> {
  const builder = sandbox.path(`${kind}.builder`);
  await sandbox.run('swift-ring-builder', [builder, 'create', '2', '1', '1']);
  await sandbox.run('swift-ring-builder', [builder, 'add', `r1z1-127.0.0.1:${port}/d1`, '1']);
  // Its exit code is 1 for a warning: the ring it writes tells.
  await sandbox.run('swift-ring-builder', [builder, 'rebalance']).catch(() => {});
  if (!existsSync(sandbox.path(`${kind}.ring.gz`))) throw new Error(`no ring for ${kind}`);

  const conf = sandbox.path(`${kind}.conf`);
  const server = `${kind}-server`;
  await writeFile(
    conf,
    toIni({
      DEFAULT: {
        ...commonConf(sandbox, port),
        devices: sandbox.path('srv'),
        mount_check: false,
        fallocate_reserve: 0,
      },
      'pipeline:main': { pipeline: server },
      [`app:${server}`]: { use: `egg:swift#${kind}` },
    }),
  );
  sandbox.daemon(server, `swift-${server}`, [conf]);
}

function proxyConf(sandbox: Sandbox, port: number, memcachedPort: number): string {
  const filters: Record<string, Record<string, string | boolean>> = {
    catch_errors: {},
    cache: { use: 'egg:swift#memcache', memcache_servers: `127.0.0.1:${memcachedPort}` },
    listing_formats: {},
    bulk: {},
    s3api: { location: 'us-east-1', storage_domain: DOMAIN },
    tempauth: { user_main_main: `${MAIN_SECRET} .admin`, user_alt_alt: `${ALT_SECRET} .admin` },
    copy: {},
    slo: {},
    dlo: {},
    versioned_writes: { allow_versioned_writes: true, allow_object_versioning: true },
    symlink: {},
  };
  return toIni({
    DEFAULT: commonConf(sandbox, port),
    'pipeline:main': { pipeline: [...Object.keys(filters), 'proxy-server'].join(' ') },
    'app:proxy-server': { use: 'egg:swift#proxy', allow_account_management: true, account_autocreate: true },
    ...Object.fromEntries(
      Object.entries(filters).map(([name, options]) => [
        `filter:${name}`,
        { use: `egg:swift#${name}`, ...options },
      ]),
    ),
  });
}

function commonConf(sandbox: Sandbox, port: number): Record<string, string | number> {
  return {
    bind_ip: '127.0.0.1',
    bind_port: port,
    workers: 0,
    user: userInfo().username,
    swift_dir: sandbox.folder,
    log_level: 'ERROR',
  };
}

/** Only the S3 API with its users behind it answers 403 here; a proxy that is not ready gives 5xx or nothing. */
async function refusesBadSignature(endpoint: string): Promise<boolean> {
  const headers = { date: new Date().toUTCString(), authorization: 'AWS main:main:wrong' };
  return (await fetch(endpoint, { headers })).status === 403;
}
