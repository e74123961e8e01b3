import fc from 'fast-check';
import type { SigningCredentials } from '../../src/protocol/sigv4.ts';

/** A request before it is encoded and signed, with what it is signed by. */
export interface Draft {
  readonly method: string;
  readonly host: string;
  readonly key: string;
  /** No name twice. */
  readonly query: [name: string, value: string][];
  readonly headers: Record<string, string>;
  readonly credentials: SigningCredentials;
  readonly region: string;
  readonly now: number;
}

const oddText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'abzAZ09-._~/ +%!\'()*&=;:,@$?#[]{}|\\^`"<>'),
    fc.constantFrom('%2F', '%20', '..', '//', 'é', 'e\u0301', '日', '😀', '\u0000', '\n', '\u007f', '\uffff'),
  ),
  maxLength: 20,
});

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);

/** Printable ASCII with white space at the ends and inside, as callers write header values. */
const headerValue = fc.string({
  unit: fc.constantFrom(...'abcXYZ019 \t  -_=;,:/"+%'),
  minLength: 1,
  maxLength: 24,
});

const headerName = fc.oneof(
  fc.constantFrom('content-type', 'content-md5', 'range', 'if-match', 'x-amz-acl', 'content-encoding'),
  name.map((rest) => `x-amz-meta-${rest}`),
);

/** Requests as odd as S3 allows them to be. */
export const drafts: fc.Arbitrary<Draft> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'HEAD', 'DELETE'),
  host: fc.constantFrom('bkt.s3.eu-west-1.amazonaws.com', 'localhost:9000', '[::1]:9000'),
  key: oddText,
  query: fc.uniqueArray(
    fc.tuple(
      fc.oneof(
        fc.constantFrom('prefix', 'uploads', 'versionId', 'response-content-type', 'uploadId', 'partNumber'),
        name,
        oddText.filter((text) => text !== ''),
      ),
      oddText,
    ),
    { selector: ([text]) => text, maxLength: 5 },
  ),
  headers: fc.dictionary(headerName, headerValue, { maxKeys: 5 }),
  credentials: fc.record({
    accessKeyId: fc.constantFrom('AKIDEXAMPLE', 'key/with+odd=characters'),
    secretAccessKey: fc.constantFrom('secret', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'),
    sessionToken: fc.constantFrom(undefined, 'TOKEN+/==', 'another token'),
  }),
  region: fc.constantFrom('us-east-1', 'eu-west-1', 'auto'),
  now: fc.integer({ min: 1_000_000_000, max: 2_000_000_000 }).map((seconds) => seconds * 1000),
});
