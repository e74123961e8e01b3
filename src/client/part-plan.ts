import { largestPart, type PartPlan } from '../http/parts.ts';
import type { PartOptions } from './options.ts';

const MiB = 1024 ** 2;

/**
 * How a body of `size` bytes, or of unknown length, is cut for an endpoint.
 *
 * @throws {RangeError} it cannot be cut into as few parts as are allowed
 */
export function planParts(hostname: string, size: number | undefined, partSize: number = 8 * MiB): PartPlan {
  // Scaleway stops at 1,000 parts; R2 wants them equal.
  const most = /\.scw\.cloud$/.test(hostname) ? 1000 : 10_000;
  const equal = /\.r2\.cloudflarestorage\.com$/.test(hostname);
  if (size !== undefined && size > most * partSize) partSize = Math.ceil(size / most / MiB) * MiB;
  if (partSize > largestPart)
    throw new RangeError(`an object must not be larger than ${most} parts of 5 GiB`);
  return { partSize, most, equal };
}

/** @throws {RangeError} an option is none that could be meant */
export function checkPartOptions({ partSize, concurrency, multipartThreshold }: PartOptions): void {
  if (
    partSize !== undefined &&
    !(Number.isInteger(partSize) && partSize >= 5 * MiB && partSize <= largestPart)
  )
    throw new RangeError('partSize must be a whole number of bytes from 5 MiB to 5 GiB');
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 1))
    throw new RangeError('concurrency must be a whole number from 1');
  if (multipartThreshold !== undefined && !(multipartThreshold >= 0))
    throw new RangeError('multipartThreshold must be a number of bytes from 0');
}
