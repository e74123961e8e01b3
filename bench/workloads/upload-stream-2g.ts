import { Readable } from 'node:stream';
import type { Workload } from '../workload.ts';

const bytes = 2 * 1024 ** 3;

export const workload: Workload = {
  title: 'Upload of a 2 GiB stream of unknown length in chunks of 64 KiB, parts of 8 MiB',
  inFlight: 1,
  bytes,
  needsS3: true,
  objects: {},
  operation: (client) => client.uploadStream && (async () => client.uploadStream?.('streamed', chunks())),
};

/** Every chunk is memory of its own, as those of a real stream are. */
function chunks(): Readable {
  let left = bytes;
  return new Readable({
    read() {
      if (left === 0) this.push(null);
      else {
        left -= 65_536;
        this.push(Buffer.alloc(65_536, 'minis3'));
      }
    },
  });
}
