import type { Clock } from '../http/clock.ts';
import { systemClock } from '../http/clock.ts';
import { credentialSource } from '../http/credential-source.ts';
import type { CredentialSource, Credentials } from '../http/credentials.ts';
import { fetchTransport } from '../http/fetch-transport.ts';
import type { FileAccess } from '../http/files.ts';
import type { RetryOptions } from '../http/retry.ts';
import type { Timeouts, Transport } from '../http/transport.ts';
import { type ChecksumAlgorithm, checksumAlgorithms } from '../protocol/checksum.ts';
import type { Hashes } from '../protocol/hash.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import { checkBucket, checkRegion } from './names.ts';
import type { ConnectionOptions } from './options.ts';

/** What a runtime brings. The front doors make one each; nothing portable asks which runtime it is in. */
export interface Platform {
  readonly hashes: Hashes;
  /**
   * Throws a TypeError where an option is beyond the runtime.
   *
   * @param sockets how many suit the caller, where the options say nothing and the runtime leaves the choice
   */
  transport(options: ConnectionOptions, sockets?: number): Transport & { close?(): void };
  /** Where there are files. */
  readonly files?: FileAccess;
  /** What the environment says, where there is one. */
  readonly environment?: {
    credentials(): Credentials | undefined;
    region(): string | undefined;
    endpoint(): string | undefined;
  };
}

/** The options of a connection, checked, with their defaults. */
export interface Settings {
  readonly hashes: Hashes;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly files: FileAccess | undefined;
  readonly credentials: CredentialSource;
  readonly endpoint: Endpoint;
  readonly region: string;
  readonly pathStyle: boolean | undefined;
  readonly defaultBucket: string | undefined;
  readonly version: 's3v4' | 's3';
  readonly payload: 'signed' | 'unsigned' | undefined;
  readonly checksum: ChecksumAlgorithm | false;
  readonly retry: RetryOptions;
  readonly timeouts: Timeouts;
  readonly hooks: Pick<ConnectionOptions, 'onRequest' | 'onRetry' | 'onResponse'>;
}

/** @throws {TypeError | RangeError} an option makes no sense. */
export function resolveSettings(
  platform: Platform,
  options: ConnectionOptions,
  clock: Clock = systemClock,
): Settings {
  const { environment } = platform;
  const { signatureVersion = 's3v4', payload, checksum, defaultBucket } = options;
  if (signatureVersion !== 's3v4' && signatureVersion !== 's3') {
    throw new TypeError(`Unsupported signatureVersion: ${signatureVersion}. Use 's3v4' or 's3'`);
  }
  if (payload !== undefined && payload !== 'signed' && payload !== 'unsigned') {
    throw new TypeError("payload must be 'signed' or 'unsigned'");
  }
  checkChecksum(checksum);
  if (defaultBucket !== undefined) checkBucket(defaultBucket);
  const endpoint = parseEndpoint(options.endpoint ?? environment?.endpoint(), options.tls);
  const region = options.region ?? endpoint.region ?? environment?.region() ?? 'us-east-1';
  checkRegion(region);
  return {
    hashes: platform.hashes,
    clock,
    transport: chooseTransport(platform, options),
    files: platform.files,
    credentials: credentialSource(givenCredentials(options, platform), clock),
    endpoint,
    region,
    pathStyle: options.pathStyle,
    defaultBucket,
    version: signatureVersion,
    // Without a signature nothing can cover the body.
    payload: options.credentials === 'anonymous' ? 'unsigned' : payload,
    checksum: checksum ?? (endpoint.aws && endpoint.secure && signatureVersion === 's3v4' && 'CRC32'),
    retry: mergeRetry({ attempts: 4, budget: 500 }, options.retry),
    timeouts: mergeTimeouts({ connect: 10_000, firstByte: 60_000, idle: 30_000 }, options.timeouts),
    hooks: options,
  };
}

export function checkChecksum(checksum: unknown): void {
  if (checksum && !checksumAlgorithms.includes(checksum as ChecksumAlgorithm)) {
    throw new TypeError(`checksum must be false or one of ${checksumAlgorithms.join(', ')}`);
  }
}

export function mergeRetry(base: RetryOptions, given: Partial<RetryOptions> | undefined): RetryOptions {
  if (given === undefined) return base;
  const { attempts = base.attempts, budget = base.budget } = given;
  if (!Number.isInteger(attempts) || attempts < 1)
    throw new RangeError('retry.attempts must be an integer from 1');
  if (!(budget >= 0)) throw new RangeError('retry.budget must be a number from 0');
  return { attempts, budget };
}

export function mergeTimeouts(base: Timeouts, given: Partial<Timeouts> | undefined): Timeouts {
  if (given === undefined) return base;
  const { connect = base.connect, firstByte = base.firstByte, idle = base.idle } = given;
  for (const wait of [connect, firstByte, idle]) {
    if (!(wait > 0 && wait < 2 ** 31)) throw new RangeError('timeouts are milliseconds, more than 0');
  }
  return { connect, firstByte, idle };
}

function chooseTransport(platform: Platform, options: ConnectionOptions): Transport {
  if (typeof options.transport === 'function') return options.transport;
  if (options.transport !== undefined && options.transport !== 'http') {
    throw new TypeError("transport must be 'http' or a function");
  }
  return options.fetch ? fetchTransport(options.fetch) : platform.transport(options);
}

function givenCredentials(
  { accessKey, secretKey, sessionToken, credentials }: ConnectionOptions,
  { environment }: Platform,
): Parameters<typeof credentialSource>[0] {
  if (accessKey !== undefined || secretKey !== undefined) {
    if (!accessKey || !secretKey) throw new TypeError('accessKey and secretKey must be given together');
    if (credentials !== undefined)
      throw new TypeError('Give accessKey and secretKey or credentials, not both');
    return { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken };
  }
  if (credentials === 'anonymous') return undefined;
  const given = credentials ?? environment?.credentials();
  if (given === undefined) {
    throw new TypeError(
      "No credentials: give accessKey and secretKey, credentials, or credentials: 'anonymous'" +
        (environment ? ', or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' : ''),
    );
  }
  return given;
}
