import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

export interface TestRun {
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface TestRunOptions {
  /** More flags for Node, such as `--test-name-pattern=...`. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** For each file, in seconds. Default 60. */
  readonly timeout?: number;
}

/**
 * Runs test files by Node's test runner against the sources, each file in a process of its own, and shows its
 * report. Sources run as they are where Node strips types itself, and by `tsx` before that.
 */
export async function runTests(files: readonly string[], options: TestRunOptions = {}): Promise<TestRun> {
  const child = spawn(
    process.execPath,
    [
      ...('typescript' in process.features && process.features.typescript ? [] : ['--import', 'tsx']),
      '--conditions=minis3-source',
      '--test',
      '--test-reporter=spec',
      // A file that hangs is a failure, not a wait.
      `--test-timeout=${(options.timeout ?? 60) * 1000}`,
      `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`,
      ...(options.flags ?? []),
      ...files,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...options.env } },
  );
  const stop = () => child.kill();
  process.once('exit', stop);

  let report = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    report = (report + text).slice(-100_000);
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  process.off('exit', stop);

  const count = (what: string) => Number(new RegExp(`^\\W*ℹ ${what} (\\d+)`, 'm').exec(report)?.[1] ?? 0);
  return {
    ok: status === 0,
    passed: count('pass'),
    failed: count('fail') + count('cancelled'),
    skipped: count('skipped'),
  };
}
