import { spawnSync } from 'node:child_process';

/** Whether every one of these Debian packages is installed. */
export function hasPackages(packages: readonly string[]): boolean {
  const { status, stdout } = spawnSync('dpkg-query', ['-l', ...packages], { encoding: 'utf8' });
  return status === 0 && (stdout.match(/^ii /gm)?.length ?? 0) === packages.length;
}

/** Installs the packages that are missing by `apt-get`. Throws a sentence that says why when that cannot be done. */
export function installPackages(packages: readonly string[]): void {
  if (hasPackages(packages)) return;
  if (process.getuid?.() !== 0) throw new Error(`install these packages as root: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    const { status, error } = spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    if (error !== undefined) throw new Error('there is no apt-get here: Debian or Ubuntu is needed');
    if (status !== 0) throw new Error(`apt-get ${args[0]} failed`);
  }
}
