import { type ChildProcess, execFile, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A temporary folder and the daemons that run in it. They end together: on `stop`, on exit and on a signal. */
export interface Sandbox {
  readonly folder: string;
  path(...parts: string[]): string;
  /** Runs a command to its end and gives its output; its error holds what the command said. */
  run(command: string, args: readonly string[]): Promise<string>;
  /** Starts a daemon; its output goes to `NAME.log` in the folder. */
  daemon(name: string, command: string, args: readonly string[], env?: NodeJS.ProcessEnv): void;
  /** Waits until `condition` holds; fails at once when a daemon has ended, and after 60 seconds. */
  until(what: string, condition: () => Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Opens a sandbox under `parent` and fills it with `start`; when that fails, nothing is left and the error shows the
 * logs.
 */
export async function openSandbox<T>(
  name: string,
  start: (sandbox: Sandbox) => Promise<T>,
  parent: string = tmpdir(),
): Promise<T> {
  const folder = mkdtempSync(join(parent, `minis3-${name}-`));
  const daemons = new Map<string, ChildProcess>();
  const commands = new Set<ChildProcess>();
  const path = (...parts: string[]) => join(folder, ...parts);

  const killNow = () => {
    for (const child of [...daemons.values(), ...commands]) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const onSignal = (signal: NodeJS.Signals) => {
    killNow();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('exit', killNow).on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);

  const sandbox: Sandbox = {
    folder,
    path,
    async run(command, args) {
      const running = promisify(execFile)(...tied(command, args), { timeout: WAIT_MS, env: ENVIRONMENT });
      commands.add(running.child);
      try {
        return (await running).stdout;
      } finally {
        commands.delete(running.child);
      }
    },
    daemon(daemonName, command, args, env) {
      const log = openSync(path(`${daemonName}.log`), 'a');
      const stdio: StdioOptions = ['ignore', log, log];
      const daemon = spawn(...tied(command, args), { stdio, env: { ...ENVIRONMENT, ...env } });
      closeSync(log);
      daemon.once('error', () => {});
      daemons.set(daemonName, daemon);
    },
    async until(what, condition) {
      const end = Date.now() + WAIT_MS;
      while (!(await condition().catch(() => false))) {
        for (const [daemonName, daemon] of daemons) {
          if (hasEnded(daemon)) throw new Error(`${daemonName} ended while waiting for ${what}`);
        }
        if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
        await sleep(100);
      }
    },
    async stop() {
      // Nothing is kept, so a slow clean shutdown buys nothing.
      const ended = [...daemons.values()]
        .filter((daemon) => !hasEnded(daemon))
        .map((daemon) => once(daemon, 'exit'));
      killNow();
      await Promise.all(ended);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      process.off('exit', killNow).off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onSignal);
    },
  };

  try {
    return await start(sandbox);
  } catch (error) {
    const logs = readLogs(folder);
    await sandbox.stop();
    throw new Error(`${name} did not start: ${error instanceof Error ? error.message : error}\n${logs}`);
  }
}

const WAIT_MS = 60_000;
const SETPRIV = '/usr/bin/setpriv';
const ENVIRONMENT = { ...process.env, LC_ALL: 'C' };

/** Where the kernel can, a child also dies with us when we are killed without a chance to tidy up. */
function tied(command: string, args: readonly string[]): [file: string, args: readonly string[]] {
  return existsSync(SETPRIV) ? [SETPRIV, ['--pdeathsig', 'KILL', command, ...args]] : [command, args];
}

function hasEnded(daemon: ChildProcess): boolean {
  return daemon.pid === undefined || daemon.exitCode !== null || daemon.signalCode !== null;
}

function readLogs(folder: string): string {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .map(
      (file) => `--- ${file}\n${readFileSync(join(folder, file), 'utf8').split('\n').slice(-12).join('\n')}`,
    )
    .join('\n');
}
