import { signV2 } from '../protocol/sigv2.ts';
import type { Sign } from './sign.ts';

/** SigV2 for the one road: loaded only by connections that ask for it. */
export const signRequestV2: Sign = (hashes, request, location, credentials, _payloadHash, now) => {
  signV2(request, { hashes, credentials, now, virtualHostBucket: location.virtualHostBucket });
  return undefined;
};
