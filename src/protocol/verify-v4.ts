import { amzDate } from './amz-date.ts';
import { type ClaimV4, malformed, parseAuthorizationV4, parsePresignedV4 } from './claim-v4.ts';
import { constantTimeEqual } from './constant-time-equal.ts';
import { canonicalRequestV4, signingKeyV4, stringToSignV4, unsignedPayload } from './sigv4.ts';
import { canonicalQuery, decodeUri, encodePath, parseQuery } from './uri.ts';
import {
  checkExpiry,
  checkSkew,
  malformedUri,
  maxSkew,
  type Refusal,
  refuse,
  unknownAccessKey,
  type VerifiableRequest,
  type Verification,
  type VerifyOptions,
} from './verification.ts';

/**
 * Verifies a SigV4 request, signed in its `authorization` header or, without one, in its query. The body is not looked
 * at: hold it against `payloadHash`.
 *
 * @param options.region the region to insist on; without it any is good.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
export function verifyV4(
  request: VerifiableRequest,
  options: VerifyOptions & { readonly region?: string | undefined },
): Verification {
  const { headers } = request;
  const { hashes, now } = options;
  const path = decodeUri(request.path);
  const pairs = parseQuery(request.query);
  if (path === undefined || pairs === undefined) return malformedUri();

  const authorization = headers['authorization'];
  if (authorization !== undefined && pairs.some(([name]) => name === 'X-Amz-Algorithm')) {
    return refuse('InvalidArgument', 'A request may be signed in its header or its query, not in both', {
      ArgumentName: 'Authorization',
    });
  }
  const claim =
    authorization === undefined ? parsePresignedV4(pairs) : parseAuthorizationV4(authorization, headers);
  if ('code' in claim) return claim;
  const { accessKeyId, signedHeaders } = claim;
  const [day, region, service] = claim.scope;
  const presigned = claim.expiresIn !== undefined;
  const refusal =
    checkScope(claim, options.region) ??
    (presigned ? checkPresigned(claim, now) : checkSkew(claim.date, now, amzDate(claim.date))) ??
    checkSignedHeaders(headers, signedHeaders, presigned);
  if (refusal) return refusal;

  const payloadHash = claim.payloadHash ?? headers['x-amz-content-sha256'] ?? unsignedPayload;
  if (!knownPayload.test(payloadHash)) {
    return refuse('InvalidArgument', 'x-amz-content-sha256 is neither a SHA-256 nor a word that S3 knows', {
      ArgumentName: 'x-amz-content-sha256',
      ArgumentValue: payloadHash,
    });
  }

  const secretAccessKey = options.secretFor(accessKeyId);
  if (secretAccessKey === undefined) return unknownAccessKey(accessKeyId);

  // Clients encode less or more than they have to: what is signed is one encoding of what they mean.
  const canonical = {
    method: request.method,
    path: encodePath(path) || '/',
    query: canonicalQuery(pairs.filter(([name]) => !presigned || name !== 'X-Amz-Signature')),
    headers,
  };
  const canonicalRequest = canonicalRequestV4(canonical, signedHeaders, payloadHash);
  const date = amzDate(claim.date);
  const context = { hashes, region, service, credentials: { accessKeyId, secretAccessKey } };
  const { key, scope } = signingKeyV4(context, day);
  const stringToSign = stringToSignV4(date, scope, canonicalRequest, hashes);
  const signature = hashes.hmacSha256Hex(key, stringToSign);
  const complete = signedHeaders.every((name) => typeof headers[name] === 'string');
  if (!constantTimeEqual(signature, claim.signature) || !complete) {
    return refuse('SignatureDoesNotMatch', 'The signature is not that of this request with this secret key', {
      AWSAccessKeyId: accessKeyId,
      StringToSign: stringToSign,
      SignatureProvided: claim.signature,
      CanonicalRequest: canonicalRequest,
    });
  }
  return {
    ok: true,
    accessKeyId,
    sessionToken: claim.sessionToken,
    payloadHash,
    seed: { signature, date, scope, key },
  };
}

const knownPayload =
  /^([0-9a-f]{64}|UNSIGNED-PAYLOAD|STREAMING-(AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?|UNSIGNED-PAYLOAD-TRAILER))$/;

function checkScope(claim: ClaimV4, expectedRegion: string | undefined): Refusal | undefined {
  const [day, region, service, terminator] = claim.scope;
  const presigned = claim.expiresIn !== undefined;
  if (terminator !== 'aws4_request')
    return malformed(presigned, "names another terminator than 'aws4_request'");
  if (service !== 's3') return malformed(presigned, "names another service than 's3'");
  if (day !== amzDate(claim.date).slice(0, 8))
    return malformed(presigned, 'has another day in its Credential than in its date');
  if (expectedRegion !== undefined && region !== expectedRegion) {
    return malformed(presigned, `names the region '${region}'; expecting '${expectedRegion}'`, {
      Region: expectedRegion,
    });
  }
  return undefined;
}

function checkPresigned(claim: ClaimV4, now: number): Refusal | undefined {
  if (claim.date > now + maxSkew) return refuse('AccessDenied', 'Request is not yet valid');
  const expiresIn = claim.expiresIn!;
  return checkExpiry(claim.date + expiresIn * 1000, now, { 'X-Amz-Expires': String(expiresIn) });
}

/**
 * `host` and every `x-amz-` header have to be signed. `x-amz-content-sha256` in header form is, as the last line of the
 * canonical request, even when the list leaves it out.
 */
function checkSignedHeaders(
  headers: VerifiableRequest['headers'],
  signedHeaders: readonly string[],
  presigned: boolean,
): Refusal | undefined {
  if (!presigned && headers['x-amz-content-sha256'] === undefined) {
    return refuse('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const missing = Object.keys(headers).filter(
    (name) =>
      name.startsWith('x-amz-') &&
      headers[name] !== undefined &&
      !signedHeaders.includes(name) &&
      (presigned || name !== 'x-amz-content-sha256'),
  );
  if (!signedHeaders.includes('host')) missing.push('host');
  if (missing.length === 0) return undefined;
  return refuse('AccessDenied', 'There were headers present in the request which were not signed', {
    HeadersNotSigned: missing.join(', '),
  });
}
