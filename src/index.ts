/**
 * minis3 on any runtime with `fetch`: Workers, browsers and whatever has no door of its own.
 *
 * @module
 */
import { type ConnectionArguments, Connection as PortableConnection } from './client/connection.ts';
import { type PoolArguments, Pool as PortablePool } from './client/pool.ts';
import type { Platform } from './client/settings.ts';
import { fetchTransport } from './http/fetch-transport.ts';
import { portableHashes } from './protocol/portable-hash.ts';

const platform: Platform = {
  hashes: portableHashes,
  transport({ verify, ca, transport, sockets }) {
    if (verify === false || ca !== undefined || transport !== undefined || sockets !== undefined) {
      throw new TypeError('verify, ca, sockets and transport are beyond the fetch of this runtime');
    }
    return fetchTransport();
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
