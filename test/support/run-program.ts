import { spawn } from 'node:child_process';

/** Runs a program of this repository against the sources, and gives its exit code and all that it prints. */
export function runProgram(
  program: string,
  { cwd, env }: { cwd: string; env?: Record<string, string | undefined> },
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const args = ['--conditions=minis3-source', '--import', 'tsx', program];
    const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, timeout: 30_000 });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject).on('close', (code) => resolve({ code, output }));
  });
}
