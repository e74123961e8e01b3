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
}

export type Connect = (target: Target) => BenchClient;
