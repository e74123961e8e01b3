import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workload } from '../workload.ts';

const bytes = 1024 ** 3;

export const workload: Workload = {
  title: 'Upload of a 1 GiB file, parts of 8 MiB',
  inFlight: 1,
  bytes,
  needsS3: true,
  objects: {},
  operation(client, folder) {
    const path = join(folder, 'upload-1g');
    return (
      client.uploadFile &&
      (async () => {
        if (!existsSync(path)) {
          const file = await open(path, 'w');
          const chunk = Buffer.alloc(8 * 1024 * 1024, 'minis3');
          for (let at = 0; at < bytes; at += chunk.length) await file.write(chunk);
          await file.close();
        }
        await client.uploadFile?.('uploaded', path);
      })
    );
  },
};
