import { cephInstalled, installCeph, startCeph } from './ceph-rgw.ts';
import { findMinio, startMinio } from './minio.ts';
import type { S3Server } from './s3-server.ts';
import { installSwift, startSwift, swiftInstalled } from './swift-s3.ts';

export interface KnownServer {
  installed(): boolean;
  /** Where there is a package of it; needs Debian or Ubuntu and root. */
  install?(): void;
  start(): Promise<S3Server>;
}

/** Every server that can be started here for a test, by the name used on the command line. */
export const KNOWN_SERVERS: Readonly<Record<string, KnownServer>> = {
  ceph: { installed: cephInstalled, install: installCeph, start: startCeph },
  swift: { installed: swiftInstalled, install: installSwift, start: startSwift },
  minio: { installed: () => findMinio() !== undefined, start: startMinio },
  embedded: {
    installed: () => true,
    start: async () => (await import('./embedded.ts')).startEmbedded(),
  },
};

/** Looks servers up by name; an unknown name is an error that lists the known ones. */
export function findServers(names: readonly string[]): [name: string, server: KnownServer][] {
  return names.map((name) => {
    const server = KNOWN_SERVERS[name];
    if (server === undefined) {
      throw new Error(`no server '${name}': there are ${Object.keys(KNOWN_SERVERS).join(', ')}`);
    }
    return [name, server];
  });
}
