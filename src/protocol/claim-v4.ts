import { parseAmzDate, parseHttpDate } from './amz-date.ts';
import { longestPresignV4 } from './presign-v4.ts';
import { algorithmV4 } from './sigv4.ts';
import { type Refusal, refuse, type VerifiableRequest } from './verification.ts';

/** What a request says of its own signing, well formed but not yet believed. */
export interface ClaimV4 {
  readonly accessKeyId: string;
  readonly scope: readonly [day: string, region: string, service: string, terminator: string];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Milliseconds since the epoch. */
  readonly date: number;
  readonly sessionToken: string | undefined;
  /** Seconds; presigned only. */
  readonly expiresIn?: number;
  /** Presigned with `X-Amz-Content-Sha256` only. */
  readonly payloadHash?: string | undefined;
}

export function parseAuthorizationV4(
  authorization: string,
  headers: VerifiableRequest['headers'],
): ClaimV4 | Refusal {
  const [algorithm, ...rest] = authorization.split(' ');
  if (algorithm !== algorithmV4) {
    return refuse('InvalidArgument', 'Unsupported Authorization Type', { ArgumentName: 'Authorization' });
  }
  const fields = new Map<string, string>();
  for (const part of rest.join('').split(',')) {
    const equals = part.indexOf('=');
    if (equals < 0 || fields.has(part.slice(0, equals)))
      return malformed(false, 'is not a list of name=value');
    fields.set(part.slice(0, equals), part.slice(equals + 1));
  }
  const dateText = headers['x-amz-date'] ?? headers['date'];
  const date = dateText === undefined ? undefined : (parseAmzDate(dateText) ?? parseHttpDate(dateText));
  if (date === undefined) {
    return refuse('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  }
  return parseClaim(
    fields.get('Credential'),
    fields.get('SignedHeaders'),
    fields.get('Signature'),
    date,
    headers['x-amz-security-token'],
  );
}

/** @param pairs the decoded query */
export function parsePresignedV4(pairs: readonly (readonly [string, string])[]): ClaimV4 | Refusal {
  const query = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (name.startsWith('X-Amz-') && query.has(name)) return malformed(true, `has ${name} twice`);
    query.set(name, value);
  }
  if (query.get('X-Amz-Algorithm') !== algorithmV4)
    return malformed(true, 'needs X-Amz-Algorithm=AWS4-HMAC-SHA256');
  const date = parseAmzDate(query.get('X-Amz-Date') ?? '');
  if (date === undefined) return malformed(true, 'needs X-Amz-Date in the form 20130524T000000Z');
  const expiresText = query.get('X-Amz-Expires') ?? '';
  const expiresIn = Number(expiresText);
  if (!/^\d{1,6}$/.test(expiresText) || expiresIn < 1 || expiresIn > longestPresignV4) {
    return malformed(true, `needs X-Amz-Expires from 1 to ${longestPresignV4} seconds`);
  }
  const claim = parseClaim(
    query.get('X-Amz-Credential'),
    query.get('X-Amz-SignedHeaders'),
    query.get('X-Amz-Signature'),
    date,
    query.get('X-Amz-Security-Token'),
    expiresIn,
  );
  return 'code' in claim ? claim : { ...claim, payloadHash: query.get('X-Amz-Content-Sha256') };
}

function parseClaim(
  credential: string | undefined,
  signedHeaders: string | undefined,
  signature: string | undefined,
  date: number,
  sessionToken: string | undefined,
  expiresIn?: number,
): ClaimV4 | Refusal {
  const presigned = expiresIn !== undefined;
  const [, accessKeyId, day, region, service, terminator] =
    /^(.+)\/([^/]*)\/([^/]*)\/([^/]*)\/([^/]*)$/.exec(credential ?? '') ?? [];
  if (!accessKeyId)
    return malformed(presigned, 'needs a Credential of key, date, region, service and aws4_request');
  if (!signedHeaders) return malformed(presigned, 'needs SignedHeaders');
  if (!signature) return malformed(presigned, 'needs a Signature');
  return {
    accessKeyId,
    scope: [day!, region!, service!, terminator!],
    signedHeaders: signedHeaders.split(';'),
    signature,
    date,
    sessionToken,
    ...(expiresIn !== undefined && { expiresIn }),
  };
}

/** Refuses a claim in S3's code for where it stands: the query or the header. */
export function malformed(presigned: boolean, what: string, fields?: Record<string, string>): Refusal {
  return presigned
    ? refuse('AuthorizationQueryParametersError', `The signed query is malformed: it ${what}`, fields)
    : refuse('AuthorizationHeaderMalformed', `The authorization header is malformed: it ${what}`, fields);
}
