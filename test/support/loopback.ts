import type { Transport } from '../../src/http/transport.ts';

/** Where a name under `localhost` is to be found: plain Debian resolves none but `localhost` itself. */
export function loopback(hostname: string): string {
  return hostname.endsWith('localhost') ? '127.0.0.1' : hostname;
}

/** Sends what goes to a name under `localhost` to this machine; the Host header stays as it is. */
export function toLoopback(transport: Transport): Transport {
  return (request, signal) => transport({ ...request, hostname: loopback(request.hostname) }, signal);
}
