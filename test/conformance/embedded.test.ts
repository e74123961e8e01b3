import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { S3ServerSettings } from '../../scripts/servers/s3-server.ts';
import type { ConnectionOptions } from '../../src/client/options.ts';
import { httpTransport } from '../../src/node/http-transport.ts';
import { createServer, type Server, type ServerOptions, type User } from '../../src/server/index.ts';
import { toLoopback } from '../support/loopback.ts';
import { exceptions } from './exceptions.ts';
import { fetchSubject } from './fetch-subject.ts';
import { socketSubject } from './socket-subject.ts';
import type { Subject } from './subject.ts';
import { conformance, testNames } from './suite.ts';

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

type Kind = 'memory' | 'file';

async function start(store: Kind, options: ServerOptions = {}): Promise<Server> {
  let place = 'memory';
  if (store === 'file') {
    place = await mkdtemp(join(tmpdir(), 'minis3-conformance-'));
    folders.push(place);
  }
  const server = await createServer({ users, store: place, ...options });
  started.push(server);
  return server;
}

const simplest = await inProcess('memory', { signatureVersion: 's3v4', pathStyle: true });
conformance('in process, path style, s3v4', simplest);
conformance(
  'in process, virtual host, s3',
  await inProcess('file', { signatureVersion: 's3', pathStyle: false }),
);
conformance(
  'over a socket, path style, s3',
  await overSocket('memory', { signatureVersion: 's3', pathStyle: true }),
);
conformance(
  'over a socket, virtual host, s3v4',
  await overSocket('file', { signatureVersion: 's3v4', pathStyle: false }),
);
conformance('over TLS, with checksums', await overTls({ verify: false, checksum: 'CRC32' }));

test('every exception is about a test of the suite', () => {
  const tests = testNames(simplest);
  for (const { test, key = /(?:)/, reason } of exceptions) {
    assert.ok(
      tests.some(([name, about = '']) => test.test(name) && key.test(about)),
      reason,
    );
  }
});

async function inProcess(store: Kind, options: ConnectionOptions): Promise<Subject> {
  const endpoint = `http://${domainFor(options)}:9000`;
  return fetchSubject(await start(store), users, { ...options, endpoint });
}

async function overSocket(store: Kind, options: ConnectionOptions): Promise<Subject> {
  const url = await (await start(store)).listen();
  const endpoint = url.replace('127.0.0.1', domainFor(options));
  return socketSubject(settingsOf(endpoint), { ...options, transport: toLoopback(httpTransport()) });
}

async function overTls(options: ConnectionOptions): Promise<Subject> {
  return socketSubject(settingsOf(await (await start('memory', { tls })).listen()), options);
}

function domainFor({ pathStyle }: ConnectionOptions): string {
  return pathStyle ? '127.0.0.1' : 's3.localhost';
}

function settingsOf(endpoint: string): S3ServerSettings {
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
