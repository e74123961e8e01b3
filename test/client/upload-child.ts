import { Connection, MultipartUpload } from '../../src/index.node.ts';
import { httpTransport } from '../../src/node/http-transport.ts';

// Started by upload-killed.test.ts to be killed: prints the token of its upload, and sends no part after `most`.
const [endpoint = '', path = '', partSize = '', most = ''] = process.argv.slice(2);
const send = httpTransport();
const conn = new Connection({
  endpoint,
  accessKey: 'minis3',
  secretKey: 'minis3-secret',
  defaultBucket: 'bkt',
  transport: (request, signal) => {
    const part = Number(/[?&]partNumber=(\d+)/.exec(request.path)?.[1] ?? 0);
    return part <= Number(most) ? send(request, signal) : new Promise(() => {});
  },
});
setInterval(() => {}, 1000);
const upload = await MultipartUpload.start(conn, path, 'k', { partSize: Number(partSize), concurrency: 2 });
process.stdout.write(`${upload.state()}\n`);
await upload.done();
