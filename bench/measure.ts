import type { Connect, Target } from './client.ts';
import type { Workload } from './workload.ts';

/** What `run.ts` asks of the process it starts for one client and one round, as JSON in the first argument. */
export interface Task {
  readonly client: string;
  readonly workload: string;
  readonly target: Target;
  readonly seconds: number;
}

/** The answer, as JSON on standard output; undefined for a client that lacks the workload's verb. */
export interface Measurement {
  readonly operationsPerSecond: number;
  /** Of all threads of the process, microseconds. */
  readonly cpuPerOperation: number;
}

/** Long enough for the compiler to have seen a large client's code too. */
const WARM_UP_SECONDS = 2;

async function measure(task: Task): Promise<Measurement | undefined> {
  const { connect } = (await import(`./clients/${task.client}.ts`)) as { connect: Connect };
  const { workload } = (await import(`./workloads/${task.workload}.ts`)) as { workload: Workload };
  const operate = workload.operation(connect(task.target));
  if (operate === undefined) return undefined;

  await repeat(operate, workload.inFlight, WARM_UP_SECONDS);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const count = await repeat(operate, workload.inFlight, task.seconds);
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { operationsPerSecond: (count / milliseconds) * 1000, cpuPerOperation: (user + system) / count };
}

async function repeat(operate: () => Promise<void>, inFlight: number, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const worker = async () => {
    while (performance.now() < end) {
      await operate();
      count++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return count;
}

console.log(JSON.stringify((await measure(JSON.parse(process.argv[2]!) as Task)) ?? null));
process.exit();
