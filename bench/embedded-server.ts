import { Connection } from '../dist/index.node.js';
import { createServer } from '../dist/server/index.js';
import type { Target } from './client.ts';

interface Order {
  readonly target: Target;
  readonly objects: Readonly<Record<string, number>>;
}

/** The embedded server in a process of its own; its bucket and objects are public, so that an unsigned client can use them. */
const { target, objects } = JSON.parse(process.argv[2]!) as Order;
const { accessKey, secretKey, region, bucket } = target;
const server = await createServer({
  users: [{ accessKey, secretKey, name: 'bench' }],
  store: 'memory',
  region,
});
const endpoint = await server.listen(target.port);
const conn = new Connection({ endpoint, region, accessKey, secretKey, defaultBucket: bucket });
await conn.createBucket(bucket, { headers: { 'x-amz-acl': 'public-read-write' } });
for (const [key, size] of Object.entries(objects)) {
  await conn.upload(key, new Uint8Array(size).fill(0x61), { public: true });
}
