import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Whether processes can be tied to a core, so that server and client do not take each other's time. */
export const canPin: boolean =
  availableParallelism() > 1 && spawnSync('taskset', ['-c', '1', 'true']).status === 0;

/** A command that runs on this core alone, where that can be done. */
export function pin(
  core: number,
  command: string,
  args: readonly string[],
): [command: string, args: string[]] {
  return canPin ? ['taskset', ['-c', `${core}`, command, ...args]] : [command, [...args]];
}
