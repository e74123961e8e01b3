import { createServer } from '../../src/server/index.ts';
import type { S3Server } from './s3-server.ts';

/** Starts the project's own server in this process, with a memory store, on 127.0.0.1. */
export async function startEmbedded(): Promise<S3Server> {
  const main = { accessKey: 'embedded-main', secretKey: 'embedded/main+secret', name: 'main' };
  const alt = { accessKey: 'embedded-alt', secretKey: 'embedded/alt+secret', name: 'alt' };
  const region = 'us-east-1';
  const server = await createServer({ users: [main, alt], store: 'memory', region });
  return {
    name: 'embedded',
    endpoint: await server.listen(0),
    region,
    accessKey: main.accessKey,
    secretKey: main.secretKey,
    altAccessKey: alt.accessKey,
    altSecretKey: alt.secretKey,
    stop: () => server.close(),
  };
}
