import type { Workload } from '../workload.ts';

export const workload: Workload = {
  title: 'GET of 1 KiB',
  inFlight: 64,
  objects: { '1k': 1024 },
  operation: (client) =>
    client.get &&
    (async () => {
      const size = await client.get?.('1k');
      if (size !== 1024) throw new Error(`got ${size} bytes`);
    }),
};
