import { Agent, type IncomingMessage, request } from 'node:http';
import { CONNECTIONS, type Connect } from '../client.ts';

/** Bare `node:http` with a keep-alive agent, signing nothing: what every client on it pays at least. */
export const connect: Connect = ({ hostname, port, bucket }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const exchange = (method: string, key: string, body?: Uint8Array): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = body && { 'content-length': body.length };
      const outgoing = request({ agent, hostname, port, method, path: `/${bucket}/${key}`, headers });
      outgoing.on('error', reject).on('response', (response: IncomingMessage) => {
        let size = 0;
        response.on('error', reject).on('data', (chunk: Uint8Array) => {
          size += chunk.length;
        });
        response.on('end', () =>
          response.statusCode! < 300 ? resolve(size) : reject(new Error(`status ${response.statusCode}`)),
        );
      });
      outgoing.end(body);
    });
  return {
    get: (key) => exchange('GET', key),
    put: async (key, body) => {
      await exchange('PUT', key, body);
    },
  };
};
