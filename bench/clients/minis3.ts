import { Connection } from '../../dist/index.node.js';
import { CONNECTIONS, type Connect } from '../client.ts';

const PARTS = { partSize: 8 * 1024 * 1024, concurrency: 4 };

/** The built package, as it is published. */
export const connect: Connect = ({ hostname, port, bucket, region, accessKey, secretKey }) => {
  const endpoint = `http://${hostname}:${port}`;
  const conn = new Connection({
    endpoint,
    region,
    accessKey,
    secretKey,
    defaultBucket: bucket,
    sockets: CONNECTIONS,
  });
  return {
    get: async (key) => (await (await conn.get(key)).bytes()).length,
    put: async (key, body) => {
      await conn.upload(key, body);
    },
    uploadFile: async (key, path) => {
      await conn.uploadFile(key, path, PARTS);
    },
    uploadStream: async (key, stream) => {
      await conn.upload(key, stream, PARTS);
    },
    downloadFile: async (key, path) => {
      await conn.download(key, path);
    },
  };
};
