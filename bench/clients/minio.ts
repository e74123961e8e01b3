import { Client } from 'minio';
import type { Connect } from '../client.ts';

export const connect: Connect = ({ hostname, port, bucket, region, accessKey, secretKey }) => {
  const client = new Client({
    endPoint: hostname,
    port,
    useSSL: false,
    accessKey,
    secretKey,
    region,
    partSize: 8 * 1024 * 1024,
  });
  return {
    get: async (key) => {
      let size = 0;
      for await (const chunk of await client.getObject(bucket, key)) size += (chunk as Uint8Array).length;
      return size;
    },
    put: async (key, body) => {
      await client.putObject(bucket, key, Buffer.from(body.buffer, body.byteOffset, body.length));
    },
    uploadFile: async (key, path) => {
      await client.fPutObject(bucket, key, path);
    },
    uploadStream: async (key, stream) => {
      await client.putObject(bucket, key, stream);
    },
    downloadFile: async (key, path) => {
      await client.fGetObject(bucket, key, path);
    },
  };
};
