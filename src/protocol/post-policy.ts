import { amzDate } from './amz-date.ts';
import { encodeBase64 } from './base64.ts';
import { checkExpiresIn } from './expires-in.ts';
import { signatureV2 } from './sigv2.ts';
import { algorithmV4, type SigningContext, signingKeyV4 } from './sigv4.ts';

/** What a form must satisfy: an exact value, a beginning (empty for anything), or bounds on the file's bytes. */
export type PostCondition =
  | readonly [match: 'eq' | 'starts-with', field: `$${string}`, value: string]
  | readonly [match: 'content-length-range', least: number, most: number];

export interface PostPolicy {
  readonly bucket: string;
  /** Seconds the form is good for. */
  readonly expiresIn: number;
  /** Fields of the form, each fixed to its value unless a condition names it. `key` may hold `${filename}`. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly conditions?: readonly PostCondition[] | undefined;
}

/**
 * The fields of a form with which a browser may upload one file without credentials; `file` goes after them.
 *
 * @throws {RangeError} `expiresIn` is not a whole number of seconds, at least 1.
 * @throws {TypeError} Neither a field nor a condition is about `key`, so that no form could be accepted.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
 */
export function signPostPolicyV4(policy: PostPolicy, context: SigningContext): Record<string, string> {
  const { accessKeyId, sessionToken } = context.credentials;
  const date = amzDate(context.now);
  const { key, scope } = signingKeyV4(context, date.slice(0, 8));
  const form = policyForm(policy, context.now, {
    'x-amz-algorithm': algorithmV4,
    'x-amz-credential': `${accessKeyId}/${scope}`,
    'x-amz-date': date,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
  });
  return { ...form, 'x-amz-signature': context.hashes.hmacSha256Hex(key, form.policy) };
}

/** As `signPostPolicyV4`, for servers that know only SigV2. */
export function signPostPolicyV2(
  policy: PostPolicy,
  context: Pick<SigningContext, 'hashes' | 'credentials' | 'now'>,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = context.credentials;
  const form = policyForm(policy, context.now, {
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
  });
  const signature = signatureV2(secretAccessKey, form.policy, context.hashes);
  return { ...form, AWSAccessKeyId: accessKeyId, signature };
}

function policyForm(
  policy: PostPolicy,
  now: number,
  authFields: Record<string, string>,
): Record<string, string> & { policy: string } {
  const { bucket, expiresIn, fields = {}, conditions = [] } = policy;
  checkExpiresIn(expiresIn);
  const named = new Set(conditions.map(([, field]) => String(field).toLowerCase()));
  const fixed = Object.entries(fields).filter(([name]) => !named.has(`$${name.toLowerCase()}`));
  if (!named.has('$key') && !Object.keys(fields).some((name) => name.toLowerCase() === 'key')) {
    throw new TypeError('A POST policy needs a field or a condition for key');
  }
  const text = JSON.stringify({
    expiration: new Date(now + expiresIn * 1000).toISOString(),
    conditions: [
      { bucket },
      ...conditions,
      ...[...fixed, ...Object.entries(authFields)].map(([name, value]) => ({ [name]: value })),
    ],
  });
  return { bucket, ...fields, ...authFields, policy: encodeBase64(new TextEncoder().encode(text)) };
}
