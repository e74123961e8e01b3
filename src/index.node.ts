/**
 * minis3 on Node.
 *
 * @module
 */
import { type ConnectionArguments, Connection as PortableConnection } from './client/connection.ts';
import { type PoolArguments, Pool as PortablePool } from './client/pool.ts';
import type { Platform } from './client/settings.ts';
import { environmentCredentials, environmentEndpoint, environmentRegion } from './node/environment.ts';
import { nodeFiles } from './node/file.ts';
import { nodeHashes } from './node/hash.ts';
import { httpTransport } from './node/http-transport.ts';

const platform: Platform = {
  hashes: nodeHashes,
  transport: (options, sockets) => httpTransport({ ...options, sockets: options.sockets ?? sockets }),
  files: nodeFiles,
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

/** A connection that does so many things at a time and no more; see the options for what it takes. */
export class Pool extends PortablePool {
  constructor(...args: PoolArguments) {
    super(platform, args);
  }
}

export type * from './client/exported-types.ts';
export { MultipartUpload } from './client/multipart-upload.ts';
export { S3Response } from './client/response.ts';
export { S3Error } from './protocol/error.ts';
export { Connection as Conn };
