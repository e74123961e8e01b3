import { parseAmzDate, parseHttpDate } from './amz-date.ts';
import { constantTimeEqual } from './constant-time-equal.ts';
import { signatureV2, stringToSignPresignedV2, stringToSignV2 } from './sigv2.ts';
import { unsignedPayload } from './sigv4.ts';
import { parseQuery } from './uri.ts';
import {
  checkExpiry,
  checkSkew,
  malformedUri,
  refuse,
  unknownAccessKey,
  type VerifiableRequest,
  type Verification,
  type VerifyOptions,
} from './verification.ts';

/**
 * Verifies a SigV2 request, signed in its `authorization` header or, without one, in its query. SigV2 never covers the
 * body.
 *
 * @param options.virtualHostBucket the bucket that the host names; `undefined` for path style.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
 */
export function verifyV2(
  request: VerifiableRequest,
  options: VerifyOptions & { readonly virtualHostBucket?: string | undefined },
): Verification {
  const { headers } = request;
  const { now, virtualHostBucket } = options;
  const pairs = parseQuery(request.query);
  if (pairs === undefined) return malformedUri();

  const authorization = headers['authorization'];
  if (authorization !== undefined) {
    const [, accessKeyId, signature] = /^AWS (.+):(.*)$/.exec(authorization) ?? [];
    if (!accessKeyId || !signature) {
      return refuse('InvalidArgument', 'The authorization header is not AWS key:signature', {
        ArgumentName: 'Authorization',
      });
    }
    const amzDate = headers['x-amz-date'];
    const dateText = amzDate ?? headers['date'] ?? '';
    const date = parseHttpDate(dateText) ?? parseAmzDate(dateText);
    if (date === undefined) {
      return refuse('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
    }
    return (
      checkSkew(date, now, dateText) ??
      check(
        accessKeyId,
        signature,
        stringToSignV2(request, pairs, amzDate === undefined ? dateText : '', virtualHostBucket),
        headers['x-amz-security-token'],
        options,
      )
    );
  }

  const query = new Map(pairs);
  const accessKeyId = query.get('AWSAccessKeyId');
  const expires = query.get('Expires');
  const signature = query.get('Signature');
  if (!accessKeyId || expires === undefined || !signature) {
    return refuse('AccessDenied', 'Query-string authentication needs AWSAccessKeyId, Expires and Signature');
  }
  if (!/^\d{1,12}$/.test(expires)) {
    return refuse('AccessDenied', 'Expires is not a number of seconds since 1970');
  }
  return (
    checkExpiry(Number(expires) * 1000, now) ??
    check(
      accessKeyId,
      signature,
      stringToSignPresignedV2(request, pairs, expires, virtualHostBucket),
      query.get('x-amz-security-token') ?? headers['x-amz-security-token'],
      options,
    )
  );
}

function check(
  accessKeyId: string,
  given: string,
  stringToSign: string,
  sessionToken: string | undefined,
  { hashes, secretFor }: VerifyOptions,
): Verification {
  const secret = secretFor(accessKeyId);
  if (secret === undefined) return unknownAccessKey(accessKeyId);
  if (!constantTimeEqual(signatureV2(secret, stringToSign, hashes), given)) {
    return refuse('SignatureDoesNotMatch', 'The signature is not that of this request with this secret key', {
      AWSAccessKeyId: accessKeyId,
      StringToSign: stringToSign,
      SignatureProvided: given,
    });
  }
  return { ok: true, accessKeyId, sessionToken, payloadHash: unsignedPayload, seed: undefined };
}
