import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { loopback } from './loopback.ts';

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends a request by `node:http(s)` alone; the path goes out as it stands in `url`, which no URL class has seen. */
export function ask(method: string, url: string, { headers, body = '' }: Asked = {}): Promise<Answer> {
  const [, scheme, host = '', path] = /^(https?):\/\/([^/]+)(.*)$/s.exec(url) ?? [];
  const [hostname, port] = host.split(':');
  const secure = scheme === 'https';
  return new Promise((resolve, reject) => {
    (secure ? httpsRequest : httpRequest)(
      {
        method,
        hostname: loopback(hostname!),
        port,
        path,
        headers: { host, 'content-length': Buffer.byteLength(body), ...headers },
        rejectUnauthorized: false,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response
          .on('data', (chunk) => chunks.push(chunk))
          .on('error', reject)
          .on('end', () =>
            resolve({
              status: response.statusCode as number,
              headers: response.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          );
      },
    )
      .on('error', reject)
      .end(body);
  });
}
