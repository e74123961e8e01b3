import { createReadStream, createWriteStream } from 'node:fs';
import { Agent } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { CONNECTIONS, type Connect } from '../client.ts';

export const connect: Connect = ({ hostname, port, bucket, region, accessKey, secretKey }) => {
  const client = new S3Client({
    endpoint: `http://${hostname}:${port}`,
    region,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    forcePathStyle: true,
    requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: CONNECTIONS }) },
  });
  const upload = async (key: string, body: Readable) => {
    const params = { Bucket: bucket, Key: key, Body: body };
    await new Upload({ client, params, partSize: 8 * 1024 * 1024, queueSize: 4 }).done();
  };
  return {
    get: async (key) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body!.transformToByteArray()).length;
    },
    put: async (key, body) => {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    uploadFile: (key, path) => upload(key, createReadStream(path)),
    uploadStream: upload,
    // It has no parallel download of its own.
    downloadFile: async (key, path) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      await pipeline(Body as Readable, createWriteStream(path));
    },
  };
};
