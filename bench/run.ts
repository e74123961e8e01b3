import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { Measurement, Task } from './measure.ts';
import { canPin, pin } from './pin.ts';
import { type BenchServer, startServer } from './server.ts';
import type { Workload } from './workload.ts';

/**
 * `npm run bench [-- WORKLOAD... --clients a,b --rounds 5 --seconds 2]`: measures every client with every workload,
 * each round of each client in a process of its own and the clients taking turns, so that a noisy moment meets all of
 * them. Prints a table; a run of everything also writes RESULTS.md.
 */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      clients: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
    },
  });
  const rounds = Number(values.rounds);
  const seconds = Number(values.seconds);
  if (!(rounds >= 1 && seconds > 0)) throw new RangeError('rounds and seconds must be positive numbers');
  const everything = positionals.length === 0 && values.clients === undefined;
  installRivals();

  const report: string[] = [];
  for (const name of choose('workloads', positionals)) {
    const { workload } = (await import(`./workloads/${name}.ts`)) as { workload: Workload };
    const server = await startServer(workload);
    try {
      if (report.length === 0) report.push(heading(rounds, seconds));
      const clients = choose('clients', values.clients?.split(',') ?? []);
      const measured = await measureAll(name, clients, server, rounds, seconds, workload.bytes);
      report.push(
        workload.bytes === undefined
          ? `## ${workload.title}, ${workload.inFlight} in flight, ${server.name}\n\n${table(measured)}`
          : `## ${workload.title}, ${server.name}\n\n${transferTable(measured, workload.bytes)}`,
      );
      console.log(`\n${report.at(-1)}`);
    } finally {
      await server.stop();
    }
  }
  if (everything) await writeFile(new URL('RESULTS.md', FOLDER), `${report.join('\n\n')}\n`);
}

const FOLDER = new URL('./', import.meta.url);
/** The client that the others are compared with. */
const BASELINE = 'node-http';

function installRivals(): void {
  if (existsSync(new URL('node_modules', FOLDER))) return;
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: FOLDER, stdio: 'inherit' });
  if (status !== 0) throw new Error('npm ci in bench failed');
}

/** The names of a folder's files without `.ts`: all of them, or the wanted ones. */
function choose(folder: string, wanted: readonly string[]): string[] {
  const all = readdirSync(new URL(folder, FOLDER)).map((file) => file.replace(/\.ts$/, ''));
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`no ${folder} ${unknown.join(', ')}: there are ${all.join(', ')}`);
  return wanted.length > 0 ? [...wanted] : all;
}

async function measureAll(
  workload: string,
  clients: readonly string[],
  server: BenchServer,
  rounds: number,
  seconds: number,
  bytes: number | undefined,
): Promise<Map<string, Measurement[]>> {
  const measured = new Map<string, Measurement[]>(clients.map((client) => [client, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < clients.length; turn++) {
      const client = clients[(round + turn) % clients.length]!;
      const result = await measureOnce({
        client,
        workload,
        target: server.target,
        seconds,
        folder: server.folder,
      });
      if (result === null) {
        measured.delete(client);
        continue;
      }
      measured.get(client)?.push(result);
      console.log(`${workload} ${round + 1}/${rounds} ${client}: ${describe(result, bytes)}`);
    }
  }
  return measured;
}

async function measureOnce(task: Task): Promise<Measurement | null> {
  const program = fileURLToPath(new URL('measure.ts', FOLDER));
  const args = ['--import', 'tsx', program, JSON.stringify(task)];
  const { stdout } = await promisify(execFile)(...pin(1, process.execPath, args), {
    timeout: (task.seconds + 120) * 1000,
  });
  return JSON.parse(stdout) as Measurement | null;
}

function describe(measured: Measurement, bytes: number | undefined): string {
  if (bytes !== undefined) {
    const { rate, cpu, rss } = transfer(measured, bytes);
    return `${rate.toFixed(0)} MB/s, ${cpu.toFixed(2)} s of CPU a GiB, ${rss.toFixed(0)} MiB at most`;
  }
  const { operationsPerSecond, cpuPerOperation } = measured;
  return `${Math.round(operationsPerSecond)} operations/s, ${cpuPerOperation.toFixed(1)} µs of CPU each`;
}

/** MB/s, CPU seconds for each GiB, MiB of memory at the peak. */
function transfer(
  { operationsPerSecond, cpuPerOperation, peakRss }: Measurement,
  bytes: number,
): { rate: number; cpu: number; rss: number } {
  return {
    rate: (operationsPerSecond * bytes) / 1e6,
    cpu: (cpuPerOperation / 1e6 / bytes) * 1024 ** 3,
    rss: peakRss / 1024 ** 2,
  };
}

function transferTable(measured: ReadonlyMap<string, readonly Measurement[]>, bytes: number): string {
  const rows = [...measured].map(([client, results]) => {
    const each = results.map((result) => transfer(result, bytes));
    const of = (figure: 'rate' | 'cpu' | 'rss') => median(each.map((result) => result[figure]));
    return {
      rate: of('rate'),
      line: `| ${client} | ${of('rate').toFixed(0)} | ${of('cpu').toFixed(2)} | ${of('rss').toFixed(0)} |`,
    };
  });
  return [
    '| client | MB/s | CPU s/GiB | peak RSS MiB |',
    '|---|--:|--:|--:|',
    ...rows.sort((a, b) => b.rate - a.rate).map(({ line }) => line),
  ].join('\n');
}

function heading(rounds: number, seconds: number): string {
  const pinned = canPin ? ' Server and client are pinned to a core each.' : '';
  return `# Measured by \`npm run bench\`

Node ${process.versions.node} on ${cpus()[0]?.model}, over loopback HTTP. Medians of ${rounds} rounds of
${seconds} s, the clients taking turns, each in a process of its own.${pinned} CPU is the client's whole process. The
last column compares CPU with ${BASELINE}, which signs nothing, in the same round. Read ratios, not rates.`;
}

function table(measured: ReadonlyMap<string, readonly Measurement[]>): string {
  const baseline = measured.get(BASELINE);
  const rows = [...measured].map(([client, results]) => {
    const rate = Math.round(median(results.map((result) => result.operationsPerSecond)));
    const cpu = median(results.map((result) => result.cpuPerOperation));
    const ratios = results.map(
      (result, round) => result.cpuPerOperation / (baseline?.[round]?.cpuPerOperation ?? Number.NaN),
    );
    return {
      rate,
      line: `| ${client} | ${rate} | ${cpu.toFixed(1)} | ${baseline ? median(ratios).toFixed(2) : '–'} |`,
    };
  });
  return [
    `| client | operations/s | CPU µs each | CPU of ${BASELINE} |`,
    '|---|--:|--:|--:|',
    ...rows.sort((a, b) => b.rate - a.rate).map(({ line }) => line),
  ].join('\n');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2;
}

await main();
