import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { nodeHashes } from '../../src/node/hash.ts';
import { parseAmzDate } from '../../src/protocol/amz-date.ts';
import { encodeHex } from '../../src/protocol/hex.ts';
import { portableHashes } from '../../src/protocol/portable-hash.ts';
import { presignV4 } from '../../src/protocol/presign-v4.ts';
import {
  canonicalRequestV4,
  emptyPayloadHash,
  type SigningContext,
  type SigningCredentials,
  signingKeyV4,
  signV4,
  stringToSignV4,
} from '../../src/protocol/sigv4.ts';
import { canonicalQuery, encodePath } from '../../src/protocol/uri.ts';

interface Vector {
  name: string;
  kind: 'header' | 'presign';
  credentials: SigningCredentials;
  region: string;
  service: string;
  date: string;
  request: VectorRequest & { host: string; scheme: string };
  expires: number;
  expected: {
    canonicalUri: string;
    payloadHash: string;
    canonicalRequest: string;
    canonicalRequestSha256: string;
    stringToSign: string;
    signingKeyHex: string;
    signedHeaders: string;
    signature: string;
    authorization: string;
    url: string;
  };
}

interface VectorRequest {
  method: string;
  rawPath: string;
  query: [string, string][];
  headers: [string, string][];
}

const { docExamples, derived }: { docExamples: Vector[]; derived: Vector[] } = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/sigv4-s3.json', import.meta.url), 'utf8'),
);

for (const [runtime, hashes] of [
  ['node:crypto', nodeHashes],
  ['plain JavaScript', portableHashes],
] as const) {
  describe(`S3 vectors with ${runtime}`, () => {
    for (const vector of [...docExamples, ...derived]) {
      test(vector.name, () => {
        const { request, expected, region, service } = vector;
        const context: SigningContext = {
          hashes,
          region,
          service,
          now: parseAmzDate(vector.date)!,
          credentials: vector.credentials,
        };
        const signable = toSignable(request);
        signable.headers['host'] = request.host;
        assert.equal(signable.path, expected.canonicalUri);
        assert.equal(encodeHex(signingKeyV4(context, vector.date.slice(0, 8)).key), expected.signingKeyHex);

        if (vector.kind === 'presign') {
          const query = presignV4(signable, context, vector.expires);
          assertSameUrl(`${request.scheme}://${request.host}${signable.path}?${query}`, expected.url);
          return;
        }

        // The session token of S3 Express goes under another name than the signer's.
        const express = service === 's3express' ? vector.credentials.sessionToken : undefined;
        if (express !== undefined) signable.headers['x-amz-s3session-token'] = express;
        const { accessKeyId, secretAccessKey } = vector.credentials;
        const credentials = express === undefined ? vector.credentials : { accessKeyId, secretAccessKey };
        const signed = signV4(signable, expected.payloadHash, { ...context, credentials });

        const canonicalRequest = canonicalRequestV4(
          signable,
          expected.signedHeaders.split(';'),
          expected.payloadHash,
        );
        assert.equal(canonicalRequest, expected.canonicalRequest);
        assert.equal(hashes.sha256Hex(canonicalRequest), expected.canonicalRequestSha256);
        const stringToSign = stringToSignV4(vector.date, signed.scope, canonicalRequest, hashes);
        assert.equal(stringToSign, expected.stringToSign);
        assert.equal(hashes.hmacSha256Hex(signed.key, stringToSign), expected.signature);
        // Two vectors sign content-length, which the signer leaves to the transport.
        if ('content-length' in signable.headers) return;
        assert.equal(signed.signature, expected.signature);
        assert.equal(signable.headers['authorization']!.replaceAll(', ', ','), expected.authorization);
      });
    }
  });
}

const suiteFile = new URL('../../../shared/protocol/vectors/sigv4-suite.json', import.meta.url);

describe('AWS signing test suite', {
  skip: !existsSync(suiteFile) && 'the suite (Apache-2.0) is not part of this repository',
}, () => {
  if (!existsSync(suiteFile)) return;
  interface SuiteCase {
    name: string;
    credentials: SigningCredentials;
    region: string;
    service: string;
    date: string;
    signBody: boolean;
    expires: number;
    omitSessionTokenFromSignature: boolean;
    request: VectorRequest & { body: string };
    header: { canonicalRequest: string; stringToSign: string; signature: string };
    query: { canonicalRequest: string; stringToSign: string; signature: string };
  }
  const { cases }: { cases: SuiteCase[] } = JSON.parse(readFileSync(suiteFile, 'utf8'));
  for (const suiteCase of cases) {
    test(suiteCase.name, () => {
      const { request, credentials, date, region, service, omitSessionTokenFromSignature } = suiteCase;
      const context = { hashes: nodeHashes, credentials, region, service };
      const { key, scope } = signingKeyV4(context, date.slice(0, 8));
      const payloadHash = nodeHashes.sha256Hex(request.body);
      const token = omitSessionTokenFromSignature ? undefined : credentials.sessionToken;

      const signable = toSignable(request);
      const headers: Record<string, string> = { ...signable.headers, 'x-amz-date': date };
      if (token !== undefined) headers['x-amz-security-token'] = token;
      if (suiteCase.signBody) headers['x-amz-content-sha256'] = payloadHash;
      check({ ...signable, headers }, suiteCase.header);

      const pairs: [string, string][] = [
        ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
        ['X-Amz-Credential', `${credentials.accessKeyId}/${scope}`],
        ['X-Amz-Date', date],
        ['X-Amz-Expires', String(suiteCase.expires)],
        ['X-Amz-SignedHeaders', Object.keys(signable.headers).sort().join(';')],
      ];
      if (token !== undefined) pairs.push(['X-Amz-Security-Token', token]);
      check({ ...signable, query: canonicalQuery(pairs, signable.query) }, suiteCase.query);

      function check(signed: typeof signable, expected: SuiteCase['header']): void {
        const canonicalRequest = canonicalRequestV4(signed, Object.keys(signed.headers).sort(), payloadHash);
        assert.equal(canonicalRequest, expected.canonicalRequest);
        const stringToSign = stringToSignV4(date, scope, canonicalRequest, nodeHashes);
        assert.equal(stringToSign, expected.stringToSign);
        assert.equal(nodeHashes.hmacSha256Hex(key, stringToSign), expected.signature);
      }
    });
  }
});

const context: SigningContext = {
  hashes: nodeHashes,
  region: 'us-east-1',
  now: Date.UTC(2026, 0, 2, 3, 4, 5),
  credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
};

test('headers that others change are sent unsigned', () => {
  const unsigned = [
    'accept-encoding',
    'authorization',
    'cache-control',
    'connection',
    'content-length',
    'expect',
    'proxy-authorization',
    'sec-fetch-mode',
    'transfer-encoding',
    'user-agent',
  ];
  const headers: Record<string, string> = {
    host: 'h',
    'content-type': 'a',
    range: 'bytes=0-1',
    'if-match': 'e',
  };
  for (const name of unsigned) headers[name] = 'x';
  signV4({ method: 'GET', path: '/', query: '', headers }, emptyPayloadHash, context);
  assert.match(
    headers['authorization']!,
    /SignedHeaders=content-type;host;if-match;range;x-amz-content-sha256;x-amz-date,/,
  );
});

test('signing again, later and with other credentials, is as signing for the first time', () => {
  const make = () => ({
    method: 'PUT',
    path: '/k',
    query: '',
    headers: { host: 'h' } as Record<string, string>,
  });
  const later = {
    ...context,
    now: context.now + 86_400_000,
    credentials: { accessKeyId: 'B', secretAccessKey: 'other', sessionToken: 't' },
  };
  const twice = make();
  signV4(twice, emptyPayloadHash, context);
  signV4(twice, emptyPayloadHash, later);
  const once = make();
  signV4(once, emptyPayloadHash, later);
  assert.deepEqual(twice.headers, once.headers);
});

test('more keys than are cached are all right, in any order', () => {
  const contexts = Array.from({ length: 40 }, (_, i) => ({
    ...context,
    region: `region-${i % 5}`,
    service: i % 2 ? 's3' : 's3express',
    credentials: { accessKeyId: 'A', secretAccessKey: `secret-${i % 8}` },
  }));
  const direct = (c: SigningContext) => {
    let key = nodeHashes.hmacSha256(`AWS4${c.credentials.secretAccessKey}`, '20260102');
    for (const part of [c.region, c.service!, 'aws4_request']) key = nodeHashes.hmacSha256(key, part);
    return encodeHex(key);
  };
  for (const c of [...contexts, ...contexts.reverse()]) {
    assert.equal(encodeHex(signingKeyV4(c, '20260102').key), direct(c));
  }
});

test('a presigned URL lasts from a second to a week', () => {
  const request = { method: 'GET', path: '/k', query: '', headers: { host: 'h' } };
  for (const expiresIn of [
    0,
    -1,
    1.5,
    604_801,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '60' as unknown as number,
  ]) {
    assert.throws(() => presignV4(request, context, expiresIn), RangeError);
  }
  assert.match(presignV4(request, context, 604_800), /X-Amz-Expires=604800&.*&X-Amz-Signature=[0-9a-f]{64}$/);
  assert.deepEqual(request.headers, { host: 'h' });
});

test('a presigned URL signs every header it is given, and the payload when its hash is among them', () => {
  const request = {
    method: 'PUT',
    path: '/k',
    query: '',
    headers: {
      host: 'h',
      'cache-control': 'no-store',
      'content-length': '5',
      'x-amz-content-sha256': emptyPayloadHash,
    },
  };
  const query = presignV4(request, context, 60);
  assert.match(query, /X-Amz-SignedHeaders=cache-control%3Bcontent-length%3Bhost%3Bx-amz-content-sha256&/);
  const { ['x-amz-content-sha256']: _, ...headers } = request.headers;
  assert.notEqual(presignV4({ ...request, headers }, context, 60).slice(-64), query.slice(-64));
});

function toSignable(request: VectorRequest) {
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    headers[lower] = lower in headers ? `${headers[lower]},${value}` : value;
  }
  return {
    method: request.method,
    path: encodePath(request.rawPath),
    query: canonicalQuery(request.query),
    headers,
  };
}

/** Signatures equal, and the same parameters in whatever order. */
function assertSameUrl(actual: string, expected: string): void {
  const [path, query] = actual.split('?');
  const [expectedPath, expectedQuery] = expected.split('?');
  assert.equal(path, expectedPath);
  assert.deepEqual(query!.split('&').sort(), expectedQuery!.split('&').sort());
}
