import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workload } from '../workload.ts';

const bytes = 1024 ** 3;

export const workload: Workload = {
  title: 'Download of 1 GiB to a file',
  inFlight: 1,
  bytes,
  objects: { '1g': bytes },
  operation(client, folder) {
    const path = join(folder, 'download-1g');
    return (
      client.downloadFile &&
      (async () => {
        await client.downloadFile?.('1g', path);
        const { size } = await stat(path);
        if (size !== bytes) throw new Error(`got ${size} bytes`);
        await rm(path);
      })
    );
  },
};
