import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { nodeHashes } from '../../src/node/hash.ts';
import { parseHttpDate } from '../../src/protocol/amz-date.ts';
import {
  presignV2,
  signatureV2,
  signV2,
  stringToSignPresignedV2,
  stringToSignV2,
} from '../../src/protocol/sigv2.ts';
import { canonicalQuery, encodePath, parseQuery } from '../../src/protocol/uri.ts';
import type { VerifiableRequest, Verification } from '../../src/protocol/verification.ts';
import { verifyV2 } from '../../src/protocol/verify-v2.ts';
import { type Draft, drafts } from '../support/signed-requests.ts';

interface Vector {
  name: string;
  request: {
    method: string;
    path: string;
    query: string;
    headers: [string, string][];
    virtualHostBucket: string | null;
  };
  stringToSign: string;
  signature: string;
  authorization: string;
  expires: number;
  signatureUrlEncoded: string;
}

const vectors: {
  credentials: { accessKeyId: string; secretAccessKey: string };
  header: Vector[];
  presigned: Vector[];
  derived: Vector[];
  publishedButInconsistent: Vector[];
} = JSON.parse(readFileSync(new URL('../fixtures/vectors/sigv2.json', import.meta.url), 'utf8'));
const { credentials } = vectors;
const secretFor = (id: string) => (id === credentials.accessKeyId ? credentials.secretAccessKey : undefined);

describe('vectors', () => {
  for (const vector of [...vectors.header, ...vectors.derived]) {
    test(vector.name, () => {
      const { request, virtualHostBucket } = received(vector);
      const date = request.headers['x-amz-date'] ?? request.headers['date']!;
      const stringToSign = stringToSignV2(
        request,
        parseQuery(request.query)!,
        request.headers['x-amz-date'] ? '' : date,
        virtualHostBucket,
      );
      assert.equal(stringToSign, vector.stringToSign);
      assert.equal(signatureV2(credentials.secretAccessKey, stringToSign, nodeHashes), vector.signature);
      const signed = { ...request, headers: { ...request.headers, authorization: vector.authorization } };
      const now = parseHttpDate(date)!;
      assert.equal(code(verifyV2(signed, { hashes: nodeHashes, now, secretFor, virtualHostBucket })), 'ok');
    });
  }

  for (const vector of vectors.presigned) {
    test(vector.name, () => {
      const { request, virtualHostBucket } = received(vector);
      const pairs = parseQuery(request.query)!;
      const expires = String(vector.expires);
      assert.equal(stringToSignPresignedV2(request, pairs, expires, virtualHostBucket), vector.stringToSign);

      const now = (vector.expires - 60) * 1000;
      const sessionToken = pairs.find(([name]) => name === 'x-amz-security-token')?.[1];
      const query = presignV2(
        { ...request, query: '' },
        { hashes: nodeHashes, credentials: { ...credentials, sessionToken }, now, virtualHostBucket },
        60,
      );
      assert.ok(query.endsWith(`&Signature=${vector.signatureUrlEncoded}`), query);
      assert.equal(
        code(verifyV2({ ...request, query }, { hashes: nodeHashes, now, secretFor, virtualHostBucket })),
        'ok',
      );
    });
  }

  test('the published example that contradicts its own page is not followed', () => {
    const vector = vectors.publishedButInconsistent[0]!;
    const { request, virtualHostBucket } = received(vector);
    const signed = { ...request, headers: { ...request.headers, authorization: vector.authorization } };
    const now = parseHttpDate(request.headers['x-amz-date']!)!;
    const verification = verifyV2(signed, { hashes: nodeHashes, now, secretFor, virtualHostBucket });
    assert.equal(code(verification), 'SignatureDoesNotMatch');
  });
});

const kinds = fc.constantFrom<'header' | 'presigned'>('header', 'presigned');
const buckets = fc.constantFrom(undefined, 'bkt', 'dotted.bucket');

function send(
  draft: Draft,
  kind: 'header' | 'presigned',
  virtualHostBucket: string | undefined,
): VerifiableRequest {
  const request = {
    method: draft.method,
    path: encodePath(`/${draft.key}`),
    query: canonicalQuery(draft.query),
    headers: { ...draft.headers, host: draft.host },
  };
  const context = { hashes: nodeHashes, ...draft, virtualHostBucket };
  if (kind === 'presigned') return { ...request, query: presignV2(request, context, 60) };
  signV2(request, context);
  return request;
}

function verify(request: VerifiableRequest, draft: Draft, virtualHostBucket?: string, now = draft.now) {
  return verifyV2(request, {
    hashes: nodeHashes,
    now,
    virtualHostBucket,
    secretFor: (id) => (id === draft.credentials.accessKeyId ? draft.credentials.secretAccessKey : undefined),
  });
}

test('what is signed verifies, under its own bucket only', () => {
  fc.assert(
    fc.property(drafts, kinds, buckets, (draft, kind, bucket) => {
      const request = send(draft, kind, bucket);
      const verified = verify(request, draft, bucket);
      assert.ok(verified.ok, JSON.stringify(verified));
      assert.equal(verified.sessionToken, draft.credentials.sessionToken);
      assert.equal(code(verify(request, draft, 'other')), 'SignatureDoesNotMatch');
    }),
    { numRuns: 300 },
  );
});

test('what SigV2 covers cannot be changed', () => {
  const change = fc.constantFrom(
    'method',
    'path',
    'sub-resource',
    'amz header',
    'content-type',
    'secret',
    'signature',
  );
  fc.assert(
    fc.property(drafts, kinds, change, (draft, kind, what) => {
      const request = send(draft, kind, undefined);
      let headers = request.headers;
      let sent = request;
      let checkedBy = draft;
      if (what === 'method') sent = { ...sent, method: request.method === 'PUT' ? 'GET' : 'PUT' };
      else if (what === 'path') sent = { ...sent, path: `${request.path}x` };
      else if (what === 'sub-resource') sent = { ...sent, query: `${request.query}&tagging` };
      else if (what === 'amz header') headers = { ...headers, 'x-amz-grant-read': 'everybody' };
      else if (what === 'content-type') headers = { ...headers, 'content-type': 'text/html' };
      else if (what === 'secret') {
        checkedBy = { ...draft, credentials: { ...draft.credentials, secretAccessKey: 'no such secret' } };
      } else if (kind === 'presigned')
        sent = { ...sent, query: request.query.replace(/Signature=.*/, 'Signature=AA%3D%3D') };
      else headers = { ...headers, authorization: headers['authorization']!.replace(/[^:]+$/, 'AA==') };
      assert.equal(code(verify({ ...sent, headers }, checkedBy)), 'SignatureDoesNotMatch', what);
    }),
    { numRuns: 300 },
  );
});

test('whatever comes is answered and never believed', () => {
  const texts = fc.oneof(fc.string(), fc.constantFrom('AWS a:b', 'AWS :', 'Fri, 02 Jan 2026 03:04:05 GMT'));
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constant('AWSAccessKeyId=a&Expires=9999999999&Signature=b')),
      fc.dictionary(fc.constantFrom('authorization', 'date', 'x-amz-date'), texts),
      (query, headers) => {
        const now = Date.UTC(2026, 0, 2, 3, 4, 5);
        const request = { method: 'GET', path: '/', query, headers };
        assert.equal(verifyV2(request, { hashes: nodeHashes, now, secretFor: () => 's' }).ok, false);
      },
    ),
    { numRuns: 300 },
  );
});

test('refusals name what S3 names', () => {
  const draft: Draft = {
    method: 'GET',
    host: 'h',
    key: 'b/k',
    query: [],
    headers: {},
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    region: '',
    now: Date.UTC(2026, 0, 2, 3, 4, 5),
  };
  const signed = send(draft, 'header', undefined);
  const presigned = send(draft, 'presigned', undefined);
  const withHeaders = (changes: Record<string, string | undefined>) => ({
    ...signed,
    headers: { ...signed.headers, ...changes },
  });
  const withQuery = (from: string | RegExp, to: string) => ({
    ...presigned,
    query: presigned.query.replace(from, to),
  });
  const quarter = 15 * 60_000;
  const table: [VerifiableRequest, number, string][] = [
    [signed, quarter, 'ok'],
    [signed, quarter + 1, 'RequestTimeTooSkewed'],
    [signed, -quarter - 1, 'RequestTimeTooSkewed'],
    [withHeaders({ authorization: 'AWS nobody:AA==' }), 0, 'InvalidAccessKeyId'],
    [withHeaders({ authorization: 'AWS AKID' }), 0, 'InvalidArgument'],
    [withHeaders({ 'x-amz-date': undefined }), 0, 'AccessDenied'],
    [withHeaders({ 'x-amz-date': undefined, date: 'today' }), 0, 'AccessDenied'],
    [{ ...signed, query: '%' }, 0, 'InvalidURI'],
    [presigned, 59_999, 'ok'],
    [presigned, 60_000, 'AccessDenied'],
    [withQuery(/Expires=\d+/, 'Expires=soon'), 0, 'AccessDenied'],
    [withQuery(/Expires=\d/, 'Expires=2'), 0, 'SignatureDoesNotMatch'],
    [withQuery(/&Signature=.*/, ''), 0, 'AccessDenied'],
  ];
  for (const [request, later, expected] of table) {
    assert.equal(code(verify(request, draft, undefined, draft.now + later)), expected);
  }
});

test('the date goes in x-amz-date, in the form of HTTP', () => {
  const headers: Record<string, string> = { host: 'h' };
  signV2(
    { method: 'GET', path: '/', query: '', headers },
    { hashes: nodeHashes, now: Date.UTC(2026, 0, 2, 3, 4, 5, 678), credentials },
  );
  assert.equal(headers['x-amz-date'], 'Fri, 02 Jan 2026 03:04:05 GMT');
  assert.equal('date' in headers, false);
  assert.match(headers['authorization']!, /^AWS AKIAIOSFODNN7EXAMPLE:[A-Za-z0-9+/]{27}=$/);
});

test('the life of a presigned URL has no upper bound, but is a whole number of seconds', () => {
  const request = { method: 'GET', path: '/', query: '', headers: {} };
  const context = { hashes: nodeHashes, now: 0, credentials };
  assert.match(presignV2(request, context, 10 * 365 * 86_400), /Expires=315360000&/);
  for (const expiresIn of [0, -1, 0.5, Number.NaN]) {
    assert.throws(() => presignV2(request, context, expiresIn), RangeError);
  }
});

function received({ request }: Vector) {
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    headers[lower] = lower in headers ? `${headers[lower]},${value}` : value;
  }
  return {
    request: { method: request.method, path: request.path, query: request.query, headers },
    virtualHostBucket: request.virtualHostBucket ?? undefined,
  };
}

function code(verification: Verification): string {
  return verification.ok ? 'ok' : verification.code;
}
