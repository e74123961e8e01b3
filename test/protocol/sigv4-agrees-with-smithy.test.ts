import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { nodeHashes } from '../../src/node/hash.ts';
import { presignV4 } from '../../src/protocol/presign-v4.ts';
import { emptyPayloadHash, signV4, unsignedPayload } from '../../src/protocol/sigv4.ts';
import { canonicalQuery, encodePath } from '../../src/protocol/uri.ts';
import { type Draft, drafts } from '../support/signed-requests.ts';

/** The AWS SDK's own signer, told to leave the path as it is. */
function prepare(draft: Draft) {
  const path = encodePath(`/${draft.key}`);
  const headers = { ...draft.headers, host: draft.host };
  return {
    ours: { method: draft.method, path, query: canonicalQuery(draft.query), headers: { ...headers } },
    context: { hashes: nodeHashes, ...draft },
    theirs: {
      method: draft.method,
      protocol: 'https:',
      hostname: draft.host,
      path,
      query: Object.fromEntries(draft.query),
      headers: { ...headers },
    },
    signer: new SignatureV4({
      service: 's3',
      region: draft.region,
      credentials: {
        accessKeyId: draft.credentials.accessKeyId,
        secretAccessKey: draft.credentials.secretAccessKey,
        ...(draft.credentials.sessionToken !== undefined && { sessionToken: draft.credentials.sessionToken }),
      },
      sha256: Sha256,
      uriEscapePath: false,
      applyChecksum: true,
    }),
    signingDate: new Date(draft.now),
  };
}

test('a thousand requests signed in their headers', async () => {
  const payloadHashes = fc.constantFrom(
    emptyPayloadHash,
    unsignedPayload,
    'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  );
  await fc.assert(
    fc.asyncProperty(drafts, payloadHashes, async (draft, payloadHash) => {
      const { ours, theirs, context, signer, signingDate } = prepare(draft);
      signV4(ours, payloadHash, context);
      const signed = await signer.sign(
        { ...theirs, headers: { ...theirs.headers, 'x-amz-content-sha256': payloadHash } },
        { signingDate },
      );
      assert.deepEqual(ours.headers, signed.headers);
    }),
    { numRuns: 1000 },
  );
});

test('a thousand presigned URLs', async () => {
  await fc.assert(
    fc.asyncProperty(drafts, fc.integer({ min: 1, max: 604_800 }), async (draft, expiresIn) => {
      const { ours, theirs, context, signer, signingDate } = prepare(draft);
      const query = presignV4(ours, context, expiresIn);
      // A body of unknown bytes is how smithy is told that the payload is unsigned.
      const signed = await signer.presign(
        { ...theirs, body: {} },
        { signingDate, expiresIn, unhoistableHeaders: new Set(Object.keys(draft.headers)) },
      );
      const expected = Object.entries(signed.query ?? {}) as [string, string][];
      assert.deepEqual(query.split('&').sort(), canonicalQuery(expected).split('&').sort());
    }),
    { numRuns: 1000 },
  );
});
