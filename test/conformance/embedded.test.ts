import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { httpTransport } from '../../src/node/http-transport.ts';
import { createServer, type Server, type ServerOptions, type User } from '../../src/server/index.ts';
import { toLoopback } from '../support/loopback.ts';
import { fetchSubject } from './fetch-subject.ts';
import { socketSubject } from './socket-subject.ts';
import { conformance } from './suite.ts';

const users: readonly [User, User] = [
  { accessKey: 'main-key', secretKey: 'main/secret+key', name: 'main' },
  { accessKey: 'other-key', secretKey: 'other/secret+key', name: 'other' },
];
const certificates = join(import.meta.dirname, '..', 'fixtures', 'tls');
const tls = {
  key: await readFile(join(certificates, 'key.pem'), 'utf8'),
  cert: await readFile(join(certificates, 'cert.pem'), 'utf8'),
};

const started: Server[] = [];
const folders: string[] = [];
after(async () => {
  await Promise.all(started.map((server) => server.close()));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

async function start(store: 'memory' | 'file', options: ServerOptions = {}): Promise<Server> {
  let place = 'memory';
  if (store === 'file') {
    place = await mkdtemp(join(tmpdir(), 'minis3-conformance-'));
    folders.push(place);
  }
  const server = await createServer({ users, store: place, ...options });
  started.push(server);
  return server;
}

for (const store of ['memory', 'file'] as const) {
  for (const signatureVersion of ['s3v4', 's3'] as const) {
    for (const pathStyle of [true, false]) {
      const name = `${store} store, ${signatureVersion}, ${pathStyle ? 'path style' : 'virtual host'}`;
      const options = { signatureVersion, pathStyle };
      const inProcess = await start(store);
      const domain = pathStyle ? '127.0.0.1' : 's3.localhost';
      conformance(
        `in process, ${name}`,
        fetchSubject(inProcess, users, { ...options, endpoint: `http://${domain}:9000` }),
      );

      const listening = await start(store);
      const url = await listening.listen();
      conformance(
        `over a socket, ${name}`,
        socketSubject(settingsOf(url), {
          ...options,
          endpoint: url.replace('127.0.0.1', domain),
          ...(pathStyle ? {} : { transport: toLoopback(httpTransport()) }),
        }),
      );
    }
  }
}
const secure = settingsOf(await (await start('memory', { tls })).listen());
conformance('over TLS, unverified', socketSubject(secure, { verify: false }));
conformance(
  'over TLS, unsigned payloads with checksums',
  socketSubject(secure, { verify: false, checksum: 'CRC32' }),
);

function settingsOf(endpoint: string) {
  const [main, other] = users;
  return {
    name: 'embedded',
    endpoint,
    region: 'us-east-1',
    accessKey: main.accessKey,
    secretKey: main.secretKey,
    altAccessKey: other.accessKey,
    altSecretKey: other.secretKey,
  };
}
