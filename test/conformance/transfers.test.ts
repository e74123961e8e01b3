import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { S3ServerSettings } from '../../scripts/servers/s3-server.ts';
import { Connection, MultipartUpload } from '../../src/index.node.ts';
import { S3Error } from '../../src/protocol/error.ts';
import {
  generatedSha256,
  generatedStream,
  sha256,
  writeGeneratedFile,
} from '../support/generated-content.ts';

/** Whole files and streams of every size that matters, there and back, on the servers that are named. */
const servers: readonly S3ServerSettings[] = JSON.parse(process.env['MINIS3_TEST_SERVERS'] ?? '[]');

const mebibyte = 1024 ** 2;
const part = 5 * mebibyte;
const sizes = [0, 1, part - 1, part, part + 1, 64 * mebibyte + 3, 2048 * mebibyte];

test('there are servers to test', () => {
  assert.ok(servers.length > 0, 'MINIS3_TEST_SERVERS names none: npm run test:servers starts them');
});

for (const { name, endpoint, accessKey, secretKey, region } of servers) {
  describe(`${name}, transfers`, () => {
    const bucket = `minis3-transfers-${process.pid}`;
    const conn = new Connection({
      endpoint,
      accessKey,
      secretKey,
      region,
      defaultBucket: bucket,
      pathStyle: true,
    });
    let folder: string;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'minis3-transfers-'));
      await conn.createBucket(bucket);
    });
    after(async () => {
      await rm(folder, { recursive: true, force: true });
      for await (const { key } of conn.list()) await conn.delete(key);
      await conn.deleteBucket(bucket);
    });

    async function comesBack(key: string, size: number): Promise<void> {
      const copy = join(folder, 'copy');
      const { size: got } = await conn.download(key, copy);
      assert.equal(got, size);
      assert.equal(await sha256(createReadStream(copy)), generatedSha256(size));
      assert.deepEqual(
        (await readdir(folder)).filter((file) => file !== 'copy' && file !== 'file'),
        [],
      );
      await conn.delete(key);
    }

    async function nothingInFlight(): Promise<void> {
      assert.deepEqual(await conn.getAllMultipartUploads(), []);
    }

    for (const size of sizes) {
      test(`a file of ${size} bytes by uploadFile and download`, async () => {
        const path = join(folder, 'file');
        await writeGeneratedFile(path, size);
        await conn.uploadFile('file', path, { partSize: part, multipartThreshold: part });
        await rm(path);
        await comesBack('file', size);
        await nothingInFlight();
      });

      test(`a stream of ${size} bytes, its length not told`, async () => {
        await conn.upload('stream', generatedStream(size, 65_536), { partSize: part });
        await comesBack('stream', size);
        await nothingInFlight();
      });
    }

    for (const [chunk, size] of [
      [1, part + 1],
      [65_536, 3 * part],
      [100 * mebibyte, 128 * mebibyte],
    ] as const) {
      test(`a stream of ${size} bytes in chunks of ${chunk}`, async () => {
        await conn.upload('chunks', generatedStream(size, chunk), { partSize: part });
        await comesBack('chunks', size);
      });
    }

    test('an upload that was left goes on from its token, and sends only what is missing', async () => {
      const size = 6 * part;
      const path = join(folder, 'file');
      await writeGeneratedFile(path, size);
      const sent: number[] = [];
      const counting = new Connection({
        endpoint,
        accessKey,
        secretKey,
        region,
        defaultBucket: bucket,
        pathStyle: true,
        onRequest: ({ operation }) => {
          if (operation === 'UploadPart') sent.push(1);
        },
      });
      const stop = new AbortController();
      const options = { partSize: part, concurrency: 1, leaveParts: true, signal: stop.signal };
      const upload = await MultipartUpload.start(counting, path, 'resumed', {
        ...options,
        onProgress: ({ loaded }) => {
          if (loaded >= 2 * part) stop.abort(new Error('stopped'));
        },
      });
      await assert.rejects(upload.done(), /stopped/);
      const token = upload.state();
      assert.ok(!token.includes(secretKey));
      const before = sent.length;
      assert.ok(before >= 2 && before <= 4, `${before} parts before`);

      const resumed = await MultipartUpload.resume(counting, token, path);
      await resumed.done();
      assert.ok(sent.length - before <= 4, `${sent.length - before} parts after`);
      await rm(path);
      await comesBack('resumed', size);
      await nothingInFlight();
    });

    test('an upload whose source fails leaves nothing', async () => {
      async function* failing() {
        yield* generatedStream(2 * part + 5, 65_536);
        throw new Error('the source broke');
      }
      await assert.rejects(conn.upload('broken', failing(), { partSize: part }), /the source broke/);
      assert.equal(await conn.exists('broken'), false);
      await nothingInFlight();
    });

    test('a copy in parts keeps content type, metadata and caching', async () => {
      const size = 3 * part + 1;
      await conn.upload('source', generatedStream(size, mebibyte), {
        partSize: part,
        contentType: 'application/x-test',
        expires: 60,
        metadata: { city: 'Zürich' },
      });
      await conn.copy({
        fromKey: 'source',
        fromBucket: bucket,
        toKey: 'copied',
        multipartThreshold: part,
        partSize: part,
      });
      const head = await conn.headObject('copied');
      assert.equal(head.contentType, 'application/x-test');
      assert.equal(head.metadata['city'], 'Zürich');
      assert.equal(head.headers['cache-control'], 'max-age=60, private');
      await conn.delete('source');
      await comesBack('copied', size);
      await nothingInFlight();
    });

    test('a source that is not there fails before anything begins', async () => {
      await assert.rejects(conn.uploadFile('none', join(folder, 'not there')), { code: 'ENOENT' });
      await assert.rejects(conn.download('not there', join(folder, 'target')), S3Error);
      assert.deepEqual(await readdir(folder), ['copy']);
    });
  });
}
