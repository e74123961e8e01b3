import { checkHeader } from '../protocol/check-header.ts';
import { writeMetadata } from '../protocol/write-metadata.ts';

/** What signing and the transport write themselves. */
const reserved =
  /^(authorization|connection|content-length|expect|host|transfer-encoding|upgrade|x-amz-(content-sha256|date|decoded-content-length|security-token|trailer))$/;

/**
 * Puts the caller's own headers over those made from options, names in lower case.
 *
 * @throws {TypeError} a header that is not the caller's to set, or that no request can carry.
 */
export function addHeaders(
  headers: Record<string, string>,
  given: Readonly<Record<string, string>> | undefined,
): void {
  if (given === undefined) return;
  for (const name of Object.keys(given)) {
    const lower = name.toLowerCase();
    const value = given[name] as string;
    if (reserved.test(lower)) throw new TypeError(`Header ${lower} is made by minis3 and cannot be given`);
    if (lower.startsWith('x-amz-meta-')) Object.assign(headers, writeMetadata({ [lower]: value }));
    else {
      checkHeader(lower, value);
      headers[lower] = value;
    }
  }
}
