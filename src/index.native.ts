/**
 * minis3 on Bun and Deno: their own `fetch`, with the hashes and the environment of Node's interfaces.
 *
 * @module
 */
import { type ConnectionArguments, Connection as PortableConnection } from './client/connection.ts';
import type { Platform } from './client/settings.ts';
import { fetchTransport } from './http/fetch-transport.ts';
import { environmentCredentials, environmentEndpoint, environmentRegion } from './node/environment.ts';
import { nodeHashes } from './node/hash.ts';
import { httpTransport } from './node/http-transport.ts';

const platform: Platform = {
  hashes: nodeHashes,
  transport(options) {
    // Their fetch cannot be told whom to trust in the same way; their node:http can.
    const { verify, ca, sockets, transport } = options;
    if (verify === false || ca !== undefined || sockets !== undefined || transport === 'http') {
      return httpTransport(options);
    }
    return fetchTransport();
  },
  environment: {
    credentials: environmentCredentials,
    region: environmentRegion,
    endpoint: environmentEndpoint,
  },
};

/** A connection to an S3 service; see the options for what it takes. */
export class Connection extends PortableConnection {
  constructor(...args: ConnectionArguments) {
    super(platform, args);
  }
}

export type * from './client/exported-types.ts';
export { S3Response } from './client/response.ts';
export { S3Error } from './protocol/error.ts';
export { Connection as Conn };
