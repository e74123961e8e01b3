import type { Connection } from '../../src/client/connection.ts';
import type { ConnectionOptions } from '../../src/client/options.ts';
import type { Answer, Asked } from '../support/ask.ts';

/** A client and a server to be tested together, and the way they speak. */
export interface Subject {
  /** The server's name in the table of exceptions: `embedded`, `ceph-16`. */
  readonly server: string;
  readonly signatureVersion: 's3v4' | 's3';
  /** Whether a path goes on the wire as it is; `fetch` folds `.` and `..` segments. */
  readonly exactPaths: boolean;
  /** What must never be seen in an error. */
  readonly secretKey: string;
  /** Keys of a second user, who owns nothing. */
  readonly other?: { readonly accessKey: string; readonly secretKey: string } | undefined;
  /** A connection that speaks this way, with further options. */
  connect(options?: ConnectionOptions): Connection;
  /** How many requests its connections have sent so far. */
  sent(): number;
  /** Sends a request to the server without any S3 client: a presigned URL, a form. */
  ask(method: string, url: string, asked?: Asked): Promise<Answer>;
}
