import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { nodeHashes } from '../../src/node/hash.ts';
import { type AwsChunkedForm, chunkSigner } from '../../src/protocol/aws-chunked.ts';
import { encodeAwsChunked } from '../../src/protocol/aws-chunked-encoder.ts';
import { checksum } from '../../src/protocol/compute-checksum.ts';
import { signV4 } from '../../src/protocol/sigv4.ts';
import { type Answer, alice, answerOf, type Harness, now, startHarness } from './s3-harness.ts';

const { ask, server }: Harness = await startHarness();
const data = Buffer.alloc(20_000, 'chunks ');
const crc = checksum('CRC32', data, nodeHashes);

interface Upload {
  form: AwsChunkedForm | string;
  headers?: Record<string, string>;
  /** Changes the body that was made for the form. */
  spoil?: (body: Buffer) => Buffer;
  trailer?: string | undefined;
  anonymous?: boolean;
}

async function upload({
  form,
  headers: more = {},
  spoil = (body) => body,
  trailer,
  anonymous,
}: Upload): Promise<Answer> {
  await ask('DELETE', '/box/chunked');
  const withTrailer = form.endsWith('-TRAILER');
  const headers: Record<string, string> = {
    host: 'localhost',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': String(data.length),
    ...(withTrailer ? { 'x-amz-trailer': 'x-amz-checksum-crc32' } : {}),
    ...more,
  };
  const request = { method: 'PUT', path: '/box/chunked', query: '', headers };
  const credentials = { accessKeyId: alice.accessKey, secretAccessKey: alice.secretKey };
  const seed = signV4(request, form, { hashes: nodeHashes, credentials, region: 'us-east-1', now });
  if (anonymous) delete headers['authorization'];
  const signer = form.startsWith('STREAMING-AWS4') ? chunkSigner(seed, nodeHashes) : undefined;
  const chunks: Uint8Array[] = [];
  const source = (async function* () {
    yield data;
  })();
  const value = () => trailer ?? crc;
  for await (const chunk of encodeAwsChunked(source, {
    chunkSize: 8192,
    signer,
    trailer: withTrailer ? { name: 'x-amz-checksum-crc32', value } : undefined,
  })) {
    chunks.push(Uint8Array.from(chunk));
  }
  const body = spoil(Buffer.concat(chunks));
  delete headers['host'];
  return answerOf(
    await server.fetch(new Request('http://localhost/box/chunked', { method: 'PUT', headers, body })),
  );
}

const forms = [
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
] as const;

for (const form of forms) {
  test(`${form}: taken, and stored without its frame`, async () => {
    const put = await upload({ form, headers: { 'content-encoding': 'gzip,aws-chunked' } });
    assert.equal(put.status, 200, put.text);
    assert.equal(put.headers.get('etag'), `"${createHash('md5').update(data).digest('hex')}"`);
    assert.equal(put.headers.get('x-amz-checksum-crc32'), form.endsWith('-TRAILER') ? crc : null);
    const got = await ask('GET', '/box/chunked', { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
    assert.equal(got.text, data.toString());
    assert.equal(got.headers.get('content-encoding'), 'gzip');
    assert.equal(got.headers.get('x-amz-checksum-crc32'), form.endsWith('-TRAILER') ? crc : null);
  });
}

const replace = (from: string | RegExp, to: string) => (body: Buffer) =>
  Buffer.from(body.toString('latin1').replace(from, to), 'latin1');
const [signed, signedTrailer, unsigned] = forms;

const refusals: [title: string, upload: Upload, status: number, code: string][] = [
  ['a byte changed', { form: signed, spoil: replace('chunks', 'Chunks') }, 403, 'SignatureDoesNotMatch'],
  [
    'a chunk signature changed',
    { form: signed, spoil: replace(/chunk-signature=./, 'chunk-signature=g') },
    400,
    'InvalidRequest',
  ],
  [
    'the last chunk missing',
    { form: signed, spoil: (body) => body.subarray(0, body.lastIndexOf('0;chunk')) },
    400,
    'IncompleteBody',
  ],
  ['cut off', { form: signed, spoil: (body) => body.subarray(0, 9000) }, 400, 'IncompleteBody'],
  ['not chunked at all', { form: signed, spoil: () => data }, 400, 'InvalidRequest'],
  [
    'another length than said',
    { form: signed, headers: { 'x-amz-decoded-content-length': '19999' } },
    400,
    'IncompleteBody',
  ],
  ['another checksum in the trailer', { form: unsigned, trailer: 'AAAAAA==' }, 400, 'BadDigest'],
  ['the same, signed', { form: signedTrailer, trailer: 'AAAAAA==' }, 400, 'BadDigest'],
  [
    'the trailer changed after it was signed',
    { form: signedTrailer, spoil: replace(crc, 'AAAAAA==') },
    403,
    'SignatureDoesNotMatch',
  ],
  [
    'the trailer signature gone',
    { form: signedTrailer, spoil: replace(/x-amz-trailer-signature:.*\r\n/, '') },
    403,
    'SignatureDoesNotMatch',
  ],
  [
    'another trailer than announced',
    { form: unsigned, spoil: replace('x-amz-checksum-crc32:', 'x-amz-checksum-sha1:') },
    400,
    'MalformedTrailerError',
  ],
  [
    'a trailer that is no checksum',
    { form: unsigned, headers: { 'x-amz-trailer': 'x-amz-meta-a' } },
    400,
    'InvalidRequest',
  ],
  [
    'a trailer and a header',
    { form: unsigned, headers: { 'x-amz-checksum-crc32': crc } },
    400,
    'InvalidRequest',
  ],
  [
    'a trailer without a place for it',
    { form: signed, headers: { 'x-amz-trailer': 'x-amz-checksum-crc32' } },
    400,
    'InvalidRequest',
  ],
  ['an unknown form', { form: 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD' }, 400, 'InvalidArgument'],
  ['anonymous, unsigned chunks', { form: unsigned, anonymous: true }, 403, 'AccessDenied'],
  ['anonymous, signed chunks', { form: signed, anonymous: true }, 400, 'InvalidRequest'],
  [
    'no length',
    { form: signed, headers: { 'x-amz-decoded-content-length': '' } },
    411,
    'MissingContentLength',
  ],
];

for (const [title, spoiled, status, code] of refusals) {
  test(`refused, and nothing stored: ${title}`, async () => {
    const answer = await upload(spoiled);
    assert.deepEqual([answer.status, answer.xml('Code')], [status, code], answer.text);
    assert.equal((await ask('HEAD', '/box/chunked')).status, 404);
  });
}
