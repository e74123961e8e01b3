import type { BenchClient } from './client.ts';

/** What is measured. Every file in `workloads/` exports a `workload`. */
export interface Workload {
  readonly title: string;
  readonly inFlight: number;
  /** For transfers: the bytes one operation moves. It then runs once, and is told by throughput and memory. */
  readonly bytes?: number;
  /** Multipart uploads and the like, which no plain web server has. */
  readonly needsS3?: boolean;
  /** Objects of so many bytes that lie on the server beforehand. */
  readonly objects: Readonly<Record<string, number>>;
  /**
   * One operation by this client, which checks its outcome; undefined for a client that lacks the verb. `folder` is for
   * files, in memory where the machine has such a file system.
   */
  operation(client: BenchClient, folder: string): (() => Promise<void>) | undefined;
}
