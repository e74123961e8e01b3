import type { Connect, Target } from './client.ts';
import type { Workload } from './workload.ts';

/** What `run.ts` asks of the process it starts for one client and one round, as JSON in the first argument. */
export interface Task {
  readonly client: string;
  readonly workload: string;
  readonly target: Target;
  readonly seconds: number;
  /** For the workload's files. */
  readonly folder: string;
}

/** The answer, as JSON on standard output; undefined for a client that lacks the workload's verb. */
export interface Measurement {
  readonly operationsPerSecond: number;
  /** Of all threads of the process, microseconds. */
  readonly cpuPerOperation: number;
  /** Of the whole process, bytes. */
  readonly peakRss: number;
}

/** Long enough for the compiler to have seen a large client's code too. */
const WARM_UP_SECONDS = 2;

async function measure(task: Task): Promise<Measurement | undefined> {
  const { connect } = (await import(`./clients/${task.client}.ts`)) as { connect: Connect };
  const { workload } = (await import(`./workloads/${task.workload}.ts`)) as { workload: Workload };
  const operate = workload.operation(connect(task.target), task.folder);
  if (operate === undefined) return undefined;

  // A transfer is long enough to be measured alone.
  const seconds = workload.bytes === undefined ? task.seconds : 0;
  if (workload.bytes === undefined) await repeat(operate, workload.inFlight, WARM_UP_SECONDS);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const count = await repeat(operate, workload.inFlight, seconds);
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return {
    operationsPerSecond: (count / milliseconds) * 1000,
    cpuPerOperation: (user + system) / count,
    peakRss: process.resourceUsage().maxRSS * 1024,
  };
}

async function repeat(operate: () => Promise<void>, inFlight: number, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const worker = async () => {
    do {
      await operate();
      count++;
    } while (performance.now() < end);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return count;
}

console.log(JSON.stringify((await measure(JSON.parse(process.argv[2]!) as Task)) ?? null));
process.exit();
