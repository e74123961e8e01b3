import type { Subject } from './subject.ts';

export interface Exception {
  /** Names of servers. */
  readonly server: RegExp;
  /** Full names of tests: `family: name`. */
  readonly test: RegExp;
  /** Only for this signature version. */
  readonly signatureVersion?: 's3v4' | 's3';
  readonly reason: string;
}

/** Where servers differ from S3 in what the suite tests, each with the reason. */
export const exceptions: readonly Exception[] = [
  {
    server: /^embedded$/,
    test: /^presigning: a form/,
    reason: 'the embedded server does not take POST forms yet',
  },
];

/** Why a test is not run against a server, if it is not. */
export function reasonToSkip(
  { server, signatureVersion }: Pick<Subject, 'server' | 'signatureVersion'>,
  test: string,
): string | undefined {
  return exceptions.find(
    (each) =>
      each.server.test(server) &&
      each.test.test(test) &&
      (each.signatureVersion ?? signatureVersion) === signatureVersion,
  )?.reason;
}
