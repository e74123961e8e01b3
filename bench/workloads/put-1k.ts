import type { Workload } from '../workload.ts';

const body = new Uint8Array(1024).fill(0x61);

export const workload: Workload = {
  title: 'PUT of 1 KiB',
  inFlight: 64,
  objects: {},
  operation(client) {
    let count = 0;
    return client.put && (async () => client.put?.(`put-${count++ % 1000}`, body));
  },
};
