import type { Readable } from 'node:stream';

/** Where the measured server is. It may ignore signatures (nginx does); what is measured is what making them costs. */
export interface Target {
  readonly hostname: string;
  readonly port: number;
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** The most connections a client may open, the same for each. */
export const CONNECTIONS = 64;

/**
 * A client under test, set up as its users would, with `CONNECTIONS` kept-alive connections. It lacks the verbs it
 * cannot do; a workload that needs one leaves it out. Every file in `clients/` exports a `connect` for one.
 */
export interface BenchClient {
  /** Reads the whole object and gives its size. */
  get?(key: string): Promise<number>;
  put?(key: string, body: Uint8Array): Promise<void>;
  /** Sends a file in parts of 8 MiB, four at a time. */
  uploadFile?(key: string, path: string): Promise<void>;
  /** The same for a stream whose length nobody knows. */
  uploadStream?(key: string, stream: Readable): Promise<void>;
  /** Reads an object into a file, as this client's users do: in parallel where it can. */
  downloadFile?(key: string, path: string): Promise<void>;
}

export type Connect = (target: Target) => BenchClient;
