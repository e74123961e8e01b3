import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { S3ServerSettings } from '../../scripts/servers/s3-server.ts';
import type { ConnectionOptions } from '../../src/client/options.ts';
import { Connection } from '../../src/index.node.ts';
import { httpTransport } from '../../src/node/http-transport.ts';
import { S3Error } from '../../src/protocol/error.ts';
import { toLoopback } from '../support/loopback.ts';
import { assertNothingSecret } from './refused.ts';
import { socketSubject } from './socket-subject.ts';
import { conformance } from './suite.ts';

const servers: readonly S3ServerSettings[] = JSON.parse(process.env['MINIS3_TEST_SERVERS'] ?? '[]');

test('there are servers to test', () => {
  assert.ok(servers.length > 0, 'MINIS3_TEST_SERVERS names none: npm run test:servers starts them');
});

for (const server of servers) {
  const { name, endpoint, vhostEndpoint, tlsEndpoint, caFile } = server;
  const run = (how: string, options: ConnectionOptions) => {
    conformance(`${name}, ${how}`, socketSubject(server, options));
  };
  run('path style, s3v4', { endpoint, signatureVersion: 's3v4', pathStyle: true });
  run('path style, s3', { endpoint, signatureVersion: 's3', pathStyle: true });
  if (vhostEndpoint) {
    const virtualHost = { endpoint: vhostEndpoint, pathStyle: false, transport: toLoopback(httpTransport()) };
    run('virtual host, s3v4', { ...virtualHost, signatureVersion: 's3v4' });
    run('virtual host, s3', { ...virtualHost, signatureVersion: 's3' });
  }
  if (tlsEndpoint && caFile) {
    const ca = readFileSync(caFile);
    run('HTTPS, unverified, s3v4', { endpoint: tlsEndpoint, verify: false });
    run('HTTPS, verified by its CA, s3', { endpoint: tlsEndpoint, ca, signatureVersion: 's3' });
    test(`${name}, HTTPS, a certificate that nobody vouches for`, () =>
      refusesCertificate(server, tlsEndpoint));
  }
}

async function refusesCertificate(
  { accessKey, secretKey, region }: S3ServerSettings,
  endpoint: string,
): Promise<void> {
  let retried = 0;
  const options = { accessKey, secretKey, region, endpoint, onRetry: () => retried++ };
  const error = await new Connection(options).listBuckets().catch((reason) => reason);
  assert.ok(error instanceof S3Error, `${error}`);
  const { code, status, operation, attempts, retryable, message } = error;
  assert.deepEqual(
    { status, operation, attempts, retryable, retried },
    { status: undefined, operation: 'ListBuckets', attempts: 1, retryable: false, retried: 0 },
  );
  assert.match(`${code} ${message}`, /certificate/i);
  assertNothingSecret(error, [secretKey]);
}
