import { Connection } from '../../dist/index.node.js';
import { CONNECTIONS, type Connect } from '../client.ts';

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
  };
};
