import type { Hashes } from '../protocol/hash.ts';
import { type SignableRequest, type Signature, type SigningCredentials, signV4 } from '../protocol/sigv4.ts';
import type { Location } from './locate.ts';

/** Signs a request in its headers; SigV4 gives what the signing of the body's chunks continues from. */
export type Sign = (
  hashes: Hashes,
  request: SignableRequest,
  location: Location,
  credentials: SigningCredentials,
  payloadHash: string,
  now: number,
) => Signature | undefined;

export const signRequestV4: Sign = (hashes, request, location, credentials, payloadHash, now) =>
  signV4(request, payloadHash, { hashes, credentials, region: location.region, now });
