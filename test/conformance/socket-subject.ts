import type { S3ServerSettings } from '../../scripts/servers/s3-server.ts';
import type { ConnectionOptions } from '../../src/client/options.ts';
import { Connection } from '../../src/index.node.ts';
import { ask } from '../support/ask.ts';
import type { Subject } from './subject.ts';

/** The client of Node against a server that listens, with options that say how it is spoken to. */
export function socketSubject(server: S3ServerSettings, options: ConnectionOptions): Subject {
  const { region, accessKey, secretKey, altAccessKey, altSecretKey } = server;
  let sent = 0;
  const base: ConnectionOptions = {
    endpoint: server.endpoint,
    region,
    accessKey,
    secretKey,
    onRequest: () => sent++,
    ...options,
  };
  return {
    server: server.name,
    signatureVersion: options.signatureVersion ?? 's3v4',
    exactPaths: true,
    secretKey,
    other: altAccessKey && altSecretKey ? { accessKey: altAccessKey, secretKey: altSecretKey } : undefined,
    connect: (further) => new Connection({ ...base, ...further }),
    sent: () => sent,
    ask,
  };
}
