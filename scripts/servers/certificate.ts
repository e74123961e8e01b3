import type { Sandbox } from './sandbox.ts';

/** The name under which servers take virtual-host buckets: `BUCKET.s3.localhost`. */
export const DOMAIN = 's3.localhost';

export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/**
 * Makes a self-signed certificate for 127.0.0.1, localhost and the buckets of `DOMAIN`. (A wildcard right under
 * `localhost` would not do: clients refuse one below a name of a single label.)
 */
export async function makeCertificate(sandbox: Sandbox): Promise<Certificate> {
  const certificateFile = sandbox.path('certificate.pem');
  const keyFile = sandbox.path('key.pem');
  const names = `DNS:${DOMAIN},DNS:*.${DOMAIN},DNS:localhost,IP:127.0.0.1`;
  await sandbox.run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '7'],
    ...['-subj', `/CN=${DOMAIN}`, '-addext', `subjectAltName=${names}`],
    ...['-keyout', keyFile, '-out', certificateFile],
  ]);
  return { certificateFile, keyFile };
}
