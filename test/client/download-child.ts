import { Connection } from '../../src/index.node.ts';
import { httpTransport } from '../../src/node/http-transport.ts';

// Started by download.test.ts to be killed: downloads with `resume`, and never gets the ranges from `stall` on.
const [endpoint = '', path = '', stall = '', partSize = ''] = process.argv.slice(2);
const send = httpTransport();
const conn = new Connection({
  endpoint,
  accessKey: 'minis3',
  secretKey: 'minis3-secret',
  defaultBucket: 'bkt',
  transport: (request, signal) => {
    const first = Number(/^bytes=(\d+)-/.exec(request.headers['range'] ?? '')?.[1] ?? 0);
    return first < Number(stall) ? send(request, signal) : new Promise(() => {});
  },
});
setInterval(() => {}, 1000);
await conn.download('k', path, { resume: true, partSize: Number(partSize), concurrency: 3 });
