import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nodeHashes } from '../../src/node/hash.ts';
import { presignV4 } from '../../src/protocol/presign-v4.ts';
import { emptyPayloadHash, signV4, unsignedPayload } from '../../src/protocol/sigv4.ts';
import { canonicalQuery, encodePath } from '../../src/protocol/uri.ts';
import type { VerifiableRequest, Verification } from '../../src/protocol/verification.ts';
import { verifyV4 } from '../../src/protocol/verify-v4.ts';
import { type Draft, drafts } from '../support/signed-requests.ts';

const kinds = fc.constantFrom<'header' | 'presigned'>('header', 'presigned');

/** The request as it comes to the server. */
function send(draft: Draft, kind: 'header' | 'presigned', payloadHash = emptyPayloadHash): VerifiableRequest {
  const request = {
    method: draft.method,
    path: encodePath(`/${draft.key}`),
    query: canonicalQuery(draft.query),
    headers: { ...draft.headers, host: draft.host },
  };
  const context = { hashes: nodeHashes, ...draft };
  if (kind === 'presigned') return { ...request, query: presignV4(request, context, 60) };
  signV4(request, payloadHash, context);
  return request;
}

function verify(request: VerifiableRequest, draft: Draft, changes: { now?: number; region?: string } = {}) {
  return verifyV4(request, {
    hashes: nodeHashes,
    now: draft.now,
    region: draft.region,
    secretFor: (id) => (id === draft.credentials.accessKeyId ? draft.credentials.secretAccessKey : undefined),
    ...changes,
  });
}

function code(verification: Verification): string {
  return verification.ok ? 'ok' : verification.code;
}

test('what is signed verifies', () => {
  fc.assert(
    fc.property(drafts, kinds, (draft, kind) => {
      const verified = verify(send(draft, kind), draft);
      assert.ok(verified.ok, JSON.stringify(verified));
      assert.equal(verified.accessKeyId, draft.credentials.accessKeyId);
      assert.equal(verified.sessionToken, draft.credentials.sessionToken);
      assert.equal(verified.payloadHash, kind === 'header' ? emptyPayloadHash : unsignedPayload);
    }),
    { numRuns: 300 },
  );
});

test('clients may encode less or more and order the query as they like', () => {
  fc.assert(
    fc.property(drafts, kinds, (draft, kind) => {
      const request = send(draft, kind);
      const loosely = (text: string) =>
        text
          .replace(/%(21|27|28|29|2A|40|3A|24)/g, (octet) => decodeURIComponent(octet))
          .replaceAll('~', '%7e')
          .replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase());
      const query = request.query
        .split('&')
        .reverse()
        .map((pair) => loosely(pair.replace(/=$/, '').replaceAll('%20', '+')));
      const sent = { ...request, path: loosely(request.path), query: query.join('&') };
      assert.equal(code(verify(sent, draft)), 'ok');
    }),
    { numRuns: 200 },
  );
});

test('a request that was changed on its way is refused', () => {
  const change = fc.constantFrom(
    'method',
    'path',
    'query',
    'value',
    'removed',
    'signature',
    'secret',
    'region',
    'token',
  );
  fc.assert(
    fc.property(drafts, kinds, change, fc.nat(), (draft, kind, what, n) => {
      const request = send(draft, kind);
      const headers: Record<string, string | undefined> = { ...request.headers };
      let sent: VerifiableRequest = { ...request, headers };
      let checkedBy = draft;
      const signed = Object.keys(headers).filter((name) => name !== 'authorization');
      const name = signed[n % signed.length]!;
      if (what === 'method') sent = { ...sent, method: request.method === 'PUT' ? 'GET' : 'PUT' };
      else if (what === 'path') sent = { ...sent, path: `${request.path}x` };
      else if (what === 'query') sent = { ...sent, query: `${request.query}&x` };
      else if (what === 'value') headers[name] = `${headers[name]}x`;
      else if (what === 'removed') delete headers[name];
      else if (what === 'token') headers['x-amz-security-token'] = 'stolen';
      else if (what === 'secret') {
        checkedBy = { ...draft, credentials: { ...draft.credentials, secretAccessKey: 'no such secret' } };
      } else if (what === 'region') {
        const wrong = (text: string) => text.replace(draft.region, 'xx-west-9');
        sent = { ...sent, query: wrong(request.query) };
        if (headers['authorization']) headers['authorization'] = wrong(headers['authorization']);
        checkedBy = { ...draft, region: 'xx-west-9' };
      } else {
        const flip = (text: string) => text.replace(/[0-9a-f]$/, (digit) => (digit === '0' ? '1' : '0'));
        if (kind === 'presigned') sent = { ...sent, query: flip(request.query) };
        else headers['authorization'] = flip(headers['authorization']!);
      }
      assert.equal(verify(sent, checkedBy).ok, false, what);
    }),
    { numRuns: 400 },
  );
});

test('whatever comes is answered and never believed', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.dictionary(
        fc.constantFrom('authorization', 'x-amz-date', 'host', 'x-amz-content-sha256', 'date'),
        fc.oneof(
          fc.string(),
          fc.constantFrom(
            'AWS4-HMAC-SHA256 Credential=a/20260102/us-east-1/s3/aws4_request,SignedHeaders=host;__proto__;constructor,Signature=0',
            '20260102T030405Z',
            emptyPayloadHash,
          ),
        ),
      ),
      (path, query, headers) => {
        const verification = verifyV4(
          { method: 'GET', path, query, headers },
          { hashes: nodeHashes, now: Date.UTC(2026, 0, 2, 3, 4, 5), secretFor: () => 's' },
        );
        assert.equal(verification.ok, false);
      },
    ),
    { numRuns: 300 },
  );
});

const draft: Draft = {
  method: 'GET',
  host: 'localhost:9000',
  key: 'b/k',
  query: [],
  headers: {},
  credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
  region: 'eu-west-1',
  now: Date.UTC(2026, 0, 2, 3, 4, 5),
};
const minute = 60_000;

test('the clock may be a quarter of an hour off', () => {
  const request = send(draft, 'header');
  for (const [minutes, expected] of [
    [15, 'ok'],
    [-15, 'ok'],
    [16, 'RequestTimeTooSkewed'],
    [-16, 'RequestTimeTooSkewed'],
  ] as const) {
    assert.equal(code(verify(request, draft, { now: draft.now + minutes * minute })), expected);
  }
  assert.deepEqual(verify(request, draft, { now: draft.now + 16 * minute }), {
    ok: false,
    code: 'RequestTimeTooSkewed',
    message: 'The time of the request is too far from the time of the server',
    fields: {
      RequestTime: '20260102T030405Z',
      ServerTime: '2026-01-02T03:20:05Z',
      MaxAllowedSkewMilliseconds: '900000',
    },
  });
});

test('a presigned URL has a beginning and an end', () => {
  const request = send(draft, 'presigned');
  assert.equal(code(verify(request, draft, { now: draft.now + 59_999 })), 'ok');
  assert.equal(code(verify(request, draft, { now: draft.now - 15 * minute })), 'ok');
  assert.equal(code(verify(request, draft, { now: draft.now - 16 * minute })), 'AccessDenied');
  assert.deepEqual(verify(request, draft, { now: draft.now + 60_000 }), {
    ok: false,
    code: 'AccessDenied',
    message: 'Request has expired',
    fields: { Expires: '2026-01-02T03:05:05Z', ServerTime: '2026-01-02T03:05:05Z', 'X-Amz-Expires': '60' },
  });
});

test('refusals name what S3 names', () => {
  const signed = send(draft, 'header');
  const authorization = signed.headers['authorization']!;
  const withHeaders = (changes: Record<string, string | undefined>) => ({
    ...signed,
    headers: { ...signed.headers, ...changes },
  });
  const withAuthorization = (from: string | RegExp, to: string) =>
    withHeaders({ authorization: authorization.replace(from, to) });
  const presigned = send(draft, 'presigned');
  const withQuery = (from: string | RegExp, to: string) => ({
    ...presigned,
    query: presigned.query.replace(from, to),
  });
  const table: [VerifiableRequest, string, Record<string, string>?][] = [
    [withAuthorization('AKID/', 'NOBODY/'), 'InvalidAccessKeyId', { AWSAccessKeyId: 'NOBODY' }],
    [withAuthorization('eu-west-1', 'us-east-1'), 'AuthorizationHeaderMalformed', { Region: 'eu-west-1' }],
    [withAuthorization('/s3/', '/ec2/'), 'AuthorizationHeaderMalformed'],
    [withAuthorization('aws4_request', 'aws5_request'), 'AuthorizationHeaderMalformed'],
    [withAuthorization('20260102', '20260103'), 'AuthorizationHeaderMalformed'],
    [withAuthorization(/Credential=[^,]*/, 'Credential=AKID'), 'AuthorizationHeaderMalformed'],
    [withAuthorization('Signature=', 'Sig='), 'AuthorizationHeaderMalformed'],
    [withAuthorization('Credential=', ''), 'AuthorizationHeaderMalformed'],
    [withAuthorization(', Signature', ', Signature=0, Signature'), 'AuthorizationHeaderMalformed'],
    [withAuthorization('SHA256 ', 'SHA512 '), 'InvalidArgument', { ArgumentName: 'Authorization' }],
    [withAuthorization(/$/, '0'), 'SignatureDoesNotMatch'],
    [withAuthorization('host;', ''), 'AccessDenied', { HeadersNotSigned: 'host' }],
    [withHeaders({ 'x-amz-acl': 'public-read' }), 'AccessDenied', { HeadersNotSigned: 'x-amz-acl' }],
    [withHeaders({ 'x-amz-date': undefined }), 'AccessDenied'],
    [withHeaders({ 'x-amz-date': 'yesterday' }), 'AccessDenied'],
    [withHeaders({ 'x-amz-content-sha256': undefined }), 'InvalidRequest'],
    [
      withHeaders({ 'x-amz-content-sha256': 'none' }),
      'InvalidArgument',
      { ArgumentName: 'x-amz-content-sha256', ArgumentValue: 'none' },
    ],
    [withHeaders({ 'x-amz-content-sha256': unsignedPayload }), 'SignatureDoesNotMatch'],
    [withHeaders({ 'x-amz-content-sha256': 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD' }), 'InvalidArgument'],
    [{ ...signed, query: presigned.query }, 'InvalidArgument', { ArgumentName: 'Authorization' }],
    [{ ...signed, path: '/%zz' }, 'InvalidURI'],
    [{ ...signed, query: 'a=%' }, 'InvalidURI'],
    [withQuery('X-Amz-Expires=60', 'X-Amz-Expires=604801'), 'AuthorizationQueryParametersError'],
    [withQuery('X-Amz-Expires=60', 'X-Amz-Expires=-60'), 'AuthorizationQueryParametersError'],
    [withQuery('X-Amz-Expires=60', 'X-Amz-Expires=61'), 'SignatureDoesNotMatch'],
    [withQuery('eu-west-1', 'us-east-1'), 'AuthorizationQueryParametersError', { Region: 'eu-west-1' }],
    [withQuery('-SHA256', '-SHA512'), 'AuthorizationQueryParametersError'],
    [withQuery('T030405Z', ''), 'AuthorizationQueryParametersError'],
    [withQuery('X-Amz-SignedHeaders=host', ''), 'AuthorizationQueryParametersError'],
    [
      withQuery('X-Amz-Signature=', 'X-Amz-Date=20260102T030405Z&X-Amz-Signature='),
      'AuthorizationQueryParametersError',
    ],
    [
      { ...presigned, headers: { ...presigned.headers, 'x-amz-acl': 'public-read' } },
      'AccessDenied',
      { HeadersNotSigned: 'x-amz-acl' },
    ],
    [
      { ...presigned, headers: { ...presigned.headers, 'x-amz-content-sha256': emptyPayloadHash } },
      'AccessDenied',
      { HeadersNotSigned: 'x-amz-content-sha256' },
    ],
    [{ ...presigned, headers: { host: 'elsewhere' } }, 'SignatureDoesNotMatch'],
  ];
  for (const [request, expected, fields] of table) {
    const refusal = verify(request, draft);
    assert.ok(!refusal.ok);
    assert.equal(refusal.code, expected, JSON.stringify(refusal));
    if (fields) assert.deepEqual(refusal.fields, fields);
  }
});

test('a wrong signature is answered with what should have been signed', () => {
  const request = send(draft, 'header');
  const refusal = verify({ ...request, path: '/b/other' }, draft);
  assert.ok(!refusal.ok);
  assert.equal(refusal.code, 'SignatureDoesNotMatch');
  const { AWSAccessKeyId, StringToSign, SignatureProvided, CanonicalRequest } = refusal.fields;
  assert.equal(AWSAccessKeyId, 'AKID');
  assert.match(
    StringToSign!,
    /^AWS4-HMAC-SHA256\n20260102T030405Z\n20260102\/eu-west-1\/s3\/aws4_request\n[0-9a-f]{64}$/,
  );
  assert.match(SignatureProvided!, /^[0-9a-f]{64}$/);
  assert.match(CanonicalRequest!, /^GET\n\/b\/other\n\nhost:localhost:9000\n/);
  assert.doesNotMatch(JSON.stringify(refusal), /secret"/);
});

test('a signed header has to come, were it empty', () => {
  const request = send({ ...draft, headers: { 'x-amz-meta-a': '' } }, 'header');
  assert.equal(code(verify(request, draft)), 'ok');
  const { 'x-amz-meta-a': _, ...headers } = request.headers;
  assert.equal(code(verify({ ...request, headers }, draft)), 'SignatureDoesNotMatch');
});

test('signed is signed: the Date header, no region to insist on, and the payload of a presigned URL', () => {
  const headers: Record<string, string> = { host: 'h', date: 'Fri, 02 Jan 2026 03:04:05 GMT' };
  const request = { method: 'GET', path: '/', query: '', headers };
  const context = { hashes: nodeHashes, ...draft };
  signV4(request, emptyPayloadHash, context);
  assert.equal(
    code(verifyV4(request, { hashes: nodeHashes, now: draft.now, secretFor: () => 'secret' })),
    'ok',
  );

  const put = {
    method: 'PUT',
    path: '/',
    query: '',
    headers: { host: 'h', 'x-amz-content-sha256': emptyPayloadHash },
  };
  const inHeader = verify({ ...put, query: presignV4(put, context, 60) }, draft);
  assert.ok(inHeader.ok && inHeader.payloadHash === emptyPayloadHash);
});
