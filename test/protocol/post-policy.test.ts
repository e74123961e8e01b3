import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { nodeHashes } from '../../src/node/hash.ts';
import { parseAmzDate } from '../../src/protocol/amz-date.ts';
import { encodeBase64 } from '../../src/protocol/base64.ts';
import { encodeHex } from '../../src/protocol/hex.ts';
import { signPostPolicyV2, signPostPolicyV4 } from '../../src/protocol/post-policy.ts';
import { signatureV2 } from '../../src/protocol/sigv2.ts';
import { signingKeyV4 } from '../../src/protocol/sigv4.ts';

interface Vector {
  name: string;
  date: string;
  region: string;
  policy: string;
  policyBase64: string;
  signingKeyHex: string;
  signature: string;
}

const vectors: {
  credentials: { accessKeyId: string; secretAccessKey: string };
  v4: Vector[];
  v2: Vector[];
} = JSON.parse(readFileSync(new URL('../fixtures/vectors/post-policy.json', import.meta.url), 'utf8'));
const { credentials } = vectors;
const utf8 = new TextEncoder();

test('published policies have the published signatures', () => {
  for (const vector of vectors.v4) {
    assert.equal(encodeBase64(utf8.encode(vector.policy)), vector.policyBase64);
    const { key } = signingKeyV4({ hashes: nodeHashes, credentials, region: vector.region }, vector.date);
    assert.equal(encodeHex(key), vector.signingKeyHex);
    assert.equal(nodeHashes.hmacSha256Hex(key, vector.policyBase64), vector.signature);
  }
  for (const vector of vectors.v2) {
    assert.equal(encodeBase64(utf8.encode(vector.policy)), vector.policyBase64);
    assert.equal(signatureV2(credentials.secretAccessKey, vector.policyBase64, nodeHashes), vector.signature);
  }
});

test('a whole form, as the vector with a session token has it', () => {
  const vector = vectors.v4.find(({ name }) => name === 'session-token-utf8')!;
  const form = signPostPolicyV4(
    {
      bucket: 'my-bucket',
      expiresIn: 3600,
      fields: { key: `ü/\${filename}`, success_action_status: '201' },
      conditions: [
        ['starts-with', '$key', 'ü/'],
        ['content-length-range', 0, 10_485_760],
      ],
    },
    {
      hashes: nodeHashes,
      region: vector.region,
      now: parseAmzDate('20260102T030405Z')!,
      credentials: {
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        secretAccessKey: credentials.secretAccessKey,
        sessionToken: 'TOKEN==',
      },
    },
  );
  assert.deepEqual(form, {
    bucket: 'my-bucket',
    key: `ü/\${filename}`,
    success_action_status: '201',
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': 'ASIAIOSFODNN7EXAMPLE/20260102/eu-west-1/s3/aws4_request',
    'x-amz-date': '20260102T030405Z',
    'x-amz-security-token': 'TOKEN==',
    policy: vector.policyBase64,
    'x-amz-signature': vector.signature,
  });
});

test('fields are fixed to their values unless a condition names them, whatever its case', () => {
  const form = signPostPolicyV2(
    {
      bucket: 'b',
      expiresIn: 60,
      fields: { key: 'k', 'content-type': 'image/png', acl: 'private' },
      conditions: [['starts-with', '$Content-Type', 'image/']],
    },
    { hashes: nodeHashes, now: 0, credentials: { ...credentials, sessionToken: 'T' } },
  );
  assert.deepEqual(JSON.parse(atob(form['policy']!)), {
    expiration: '1970-01-01T00:01:00.000Z',
    conditions: [
      { bucket: 'b' },
      ['starts-with', '$Content-Type', 'image/'],
      { key: 'k' },
      { acl: 'private' },
      { 'x-amz-security-token': 'T' },
    ],
  });
  assert.equal(form['AWSAccessKeyId'], credentials.accessKeyId);
  assert.equal(form['signature'], signatureV2(credentials.secretAccessKey, form['policy']!, nodeHashes));
  assert.equal(form['x-amz-security-token'], 'T');
});

test('nonsense is refused', () => {
  const context = { hashes: nodeHashes, now: 0, credentials };
  const fields = { key: 'k' };
  assert.throws(() => signPostPolicyV2({ bucket: 'b', expiresIn: 60 }, context), TypeError);
  for (const expiresIn of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => signPostPolicyV2({ bucket: 'b', expiresIn, fields }, context), RangeError);
  }
});
