import { once } from 'node:events';
import { findServers } from './servers/known-servers.ts';

/**
 * `npm run serve -- NAME`: starts one real server, prints its settings as environment variables for a shell and for
 * `npm start`, and ends it on Ctrl-C.
 */
const [found] = findServers([process.argv[2] ?? 'ceph']);
const [, known] = found!;
if (!known.installed()) known.install?.();
const server = await known.start();
const settings: Record<string, string | undefined> = {
  S3_ENDPOINT: server.endpoint,
  S3_TLS_ENDPOINT: server.tlsEndpoint,
  S3_CA_FILE: server.caFile,
  S3_VHOST_ENDPOINT: server.vhostEndpoint,
  S3_REGION: server.region,
  S3_ACCESS_KEY: server.accessKey,
  S3_SECRET_KEY: server.secretKey,
  S3_ALT_ACCESS_KEY: server.altAccessKey,
  S3_ALT_SECRET_KEY: server.altSecretKey,
};
for (const [name, value] of Object.entries(settings)) {
  if (value !== undefined) console.log(`${name}=${value}`);
}
console.error(`${server.name} is running; Ctrl-C ends it`);
await once(process, 'SIGINT');
await server.stop();
