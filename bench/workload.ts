import type { BenchClient } from './client.ts';

/** What is measured. Every file in `workloads/` exports a `workload`. */
export interface Workload {
  readonly title: string;
  readonly inFlight: number;
  /** Objects of so many bytes that lie on the server beforehand. */
  readonly objects: Readonly<Record<string, number>>;
  /** One operation by this client, which checks its outcome; undefined for a client that lacks the verb. */
  operation(client: BenchClient): (() => Promise<void>) | undefined;
}
