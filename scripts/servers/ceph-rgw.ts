import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { hasPackages, installPackages } from './apt.ts';
import { DOMAIN, makeCertificate } from './certificate.ts';
import { freePorts } from './free-ports.ts';
import { toIni } from './ini.ts';
import type { S3Server } from './s3-server.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

const PACKAGES = ['radosgw', 'ceph-mon', 'ceph-osd', 'openssl'];

export const cephInstalled = (): boolean => hasPackages(PACKAGES);
export const installCeph = (): void => installPackages(PACKAGES);

/**
 * Starts a throwaway Ceph with its S3 gateway: one monitor, one OSD that keeps everything in memory, one radosgw,
 * without authentication between them, on 127.0.0.1 alone. Takes about three seconds and 140 MB.
 */
export function startCeph(): Promise<S3Server> {
  return openSandbox('ceph', async (sandbox) => {
    const [monPort, port, tlsPort] = await freePorts(3);
    const { certificateFile, keyFile } = await makeCertificate(sandbox);
    const fsid = randomUUID();
    const conf = sandbox.path('ceph.conf');
    const tls = `ssl_endpoint=127.0.0.1:${tlsPort} ssl_certificate=${certificateFile} ssl_private_key=${keyFile}`;
    await Promise.all(['mon', 'osd', 'run'].map((folder) => mkdir(sandbox.path(folder))));
    await writeFile(
      conf,
      cephConf(sandbox, fsid, `v2:127.0.0.1:${monPort}`, `endpoint=127.0.0.1:${port} ${tls}`),
    );

    const monmap = sandbox.path('monmap');
    const address = `[v2:127.0.0.1:${monPort}]`;
    await sandbox.run('monmaptool', [
      ...['--create', '--fsid', fsid, '--set-min-mon-release', '16', '--addv', 'a', address, monmap],
    ]);
    await sandbox.run('ceph-mon', ['--mkfs', '-i', 'a', '-c', conf, '--monmap', monmap]);
    sandbox.daemon('ceph-mon', 'ceph-mon', ['-f', '-i', 'a', '-c', conf]);

    const osd = randomUUID();
    await sandbox.run('ceph-osd', ['--mkfs', '-i', '0', '-c', conf, '--osd-uuid', osd]);
    await sandbox.until('the monitor', () =>
      succeeds(sandbox.run('ceph', ['-c', conf, '--connect-timeout', '10', 'osd', 'new', osd, '0'])),
    );
    sandbox.daemon('ceph-osd', 'ceph-osd', ['-f', '-i', '0', '-c', conf]);

    // The first user makes the gateway's pools, before the gateway looks for them.
    await createUser(sandbox, conf, 'main', MAIN);
    sandbox.daemon('radosgw', 'radosgw', ['-f', '-n', 'client.rgw', '-c', conf]);
    await createUser(sandbox, conf, 'alt', ALT);
    const endpoint = `http://127.0.0.1:${port}`;
    await sandbox.until('the gateway', async () => (await fetch(endpoint)).ok);

    return {
      name: `ceph-${/version (\d+)/.exec(await sandbox.run('radosgw', ['--version']))?.[1]}`,
      endpoint,
      tlsEndpoint: `https://127.0.0.1:${tlsPort}`,
      caFile: certificateFile,
      vhostEndpoint: `http://${DOMAIN}:${port}`,
      region: 'default',
      accessKey: MAIN.accessKey,
      secretKey: MAIN.secretKey,
      altAccessKey: ALT.accessKey,
      altSecretKey: ALT.secretKey,
      stop: sandbox.stop,
    };
  });
}

interface User {
  readonly accessKey: string;
  readonly secretKey: string;
}

const MAIN: User = {
  accessKey: 'CEPHMAINUSER00000001',
  secretKey: 'ceph/main+secret/0123456789abcdefghijklm',
};
const ALT: User = {
  accessKey: 'CEPHALTUSER000000002',
  secretKey: 'ceph/alt+secret/00123456789abcdefghijklm',
};

async function createUser(sandbox: Sandbox, conf: string, name: string, user: User): Promise<void> {
  await sandbox.run('radosgw-admin', [
    ...['-c', conf, 'user', 'create', `--uid=${name}`, `--display-name=${name}`],
    ...[`--access-key=${user.accessKey}`, `--secret-key=${user.secretKey}`],
  ]);
}

function cephConf(sandbox: Sandbox, fsid: string, monitor: string, frontends: string): string {
  const { path } = sandbox;
  return toIni({
    global: {
      fsid,
      mon_host: `[${monitor}]`,
      public_addr: '127.0.0.1',
      cluster_addr: '127.0.0.1',
      ms_bind_msgr1: false,
      ms_bind_ipv6: false,
      auth_cluster_required: 'none',
      auth_service_required: 'none',
      auth_client_required: 'none',
      // radosgw asks for an encrypted monitor connection, which there is not without authentication.
      ms_mon_client_mode: 'crc',
      keyring: path('run', 'none'),
      run_dir: path('run'),
      admin_socket: path('run', '$name.$pid.asok'),
      crash_dir: path('run'),
      log_file: '',
      log_to_stderr: false,
      err_to_stderr: true,
      osd_pool_default_size: 1,
      osd_pool_default_min_size: 1,
      osd_pool_default_pg_num: 4,
      osd_pool_default_pgp_num: 4,
      osd_pool_default_pg_autoscale_mode: 'off',
      osd_crush_chooseleaf_type: 0,
      mon_allow_pool_size_one: true,
      mon_max_pg_per_osd: 1000,
    },
    mon: {
      mon_data: path('mon'),
      mon_cluster_log_file: path('mon-cluster.log'),
      mon_data_avail_crit: 0,
      paxos_propose_interval: 0.05,
      paxos_min_wait: 0.01,
    },
    osd: {
      osd_data: path('osd'),
      osd_objectstore: 'memstore',
      memstore_device_bytes: 3 * 2 ** 30,
    },
    'client.rgw': {
      rgw_data: path('run'),
      rgw_frontends: `beast ${frontends} tcp_nodelay=1`,
      rgw_dns_name: DOMAIN,
      rgw_thread_pool_size: 32,
      rgw_crypt_require_ssl: false,
      rgw_enable_usage_log: false,
      // Deleted data would otherwise stay in memory for two hours.
      rgw_gc_obj_min_wait: 1,
      rgw_gc_processor_period: 5,
    },
  });
}

const succeeds = (work: Promise<unknown>): Promise<boolean> => work.then(() => true);
