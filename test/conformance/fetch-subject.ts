import type { ConnectionOptions } from '../../src/client/options.ts';
import { Connection } from '../../src/index.ts';
import type { Server, User } from '../../src/server/index.ts';
import type { Subject } from './subject.ts';

/** The portable client against the embedded server in this process, without a socket. */
export function fetchSubject(
  server: Server,
  [user, other]: readonly [User, User],
  options: ConnectionOptions,
): Subject {
  let sent = 0;
  const base: ConnectionOptions = {
    accessKey: user.accessKey,
    secretKey: user.secretKey,
    fetch: (url, init) => {
      sent++;
      return server.fetch(url, init);
    },
    ...options,
  };
  return {
    server: 'embedded',
    signatureVersion: options.signatureVersion ?? 's3v4',
    exactPaths: false,
    secretKey: user.secretKey,
    other: { accessKey: other.accessKey, secretKey: other.secretKey },
    connect: (further) => new Connection({ ...base, ...further }),
    sent: () => sent,
    async ask(method, url, { headers = {}, body } = {}) {
      // As bytes: a string would bring a content-type of its own.
      const init = { method, headers, ...(body === undefined ? {} : { body: Buffer.from(body) }) };
      const response = await server.fetch(url, init);
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        text: await response.text(),
      };
    },
  };
}
