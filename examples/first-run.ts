/**
 * The first run: takes this repository's own files through everything the README shows, on an embedded server, or on
 * the one that S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY (and S3_REGION) name. Leaves nothing behind.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection, S3Error } from 'minis3';
import { createServer } from 'minis3/server';

const folder = join(import.meta.dirname, '..');
const { S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION } = process.env;

const server = S3_ENDPOINT
  ? undefined
  : await createServer({ users: [{ accessKey: 'demo', secretKey: 'demo-secret' }] });
const endpoint = S3_ENDPOINT ?? (await server?.listen(0));
console.log(server ? `An S3 server of our own, in this process: ${endpoint}` : `Your S3 server: ${endpoint}`);

const conn = new Connection({
  accessKey: S3_ACCESS_KEY ?? 'demo',
  secretKey: S3_SECRET_KEY ?? 'demo-secret',
  endpoint,
  region: S3_REGION,
});
const suffix = `${Date.now().toString(36)}-${process.pid}`;
const bucket = `minis3-images-${suffix}`;
const archive = `minis3-archive-${suffix}`;
const prefix = 'source/';

try {
  await step('create two buckets', async () => {
    await conn.createBucket(bucket);
    await conn.createBucket(archive);
    return `${bucket}, ${archive}`;
  });

  const files = (await readdir(join(folder, 'src'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const local = new Map<string, Uint8Array>();
  for (const file of files) {
    local.set(
      prefix + file.slice(join(folder, 'src').length + 1).replaceAll('\\', '/'),
      await readFile(file),
    );
  }

  await step('upload the sources, with metadata and caching', async () => {
    let bytes = 0;
    for (const [key, content] of local) {
      await conn.upload(key, content, { bucket, expires: 'max', metadata: { 'user-id': '12345' } });
      bytes += content.length;
    }
    return `${local.size} files, ${size(bytes)}`;
  });

  await step('upload the README, readable by everyone', async () => {
    const readme = await readFile(join(folder, 'README.md'));
    try {
      await conn.upload('README.md', readme, {
        bucket,
        public: true,
        contentType: 'text/markdown',
        expires: { weeks: 2 },
      });
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      await conn.upload('README.md', readme, { bucket, contentType: 'text/markdown', expires: { weeks: 2 } });
      return `${size(readme.length)}, though private: this server says ${error.code}`;
    }
    return size(readme.length);
  });

  await step('list them', async () => {
    let count = 0;
    let bytes = 0;
    for await (const object of conn.list(prefix, { bucket, pageSize: 50 })) {
      expect(local.has(object.key) && local.get(object.key)?.length === object.size, object.key);
      count += 1;
      bytes += object.size;
    }
    expect(count === local.size, `${count} of ${local.size} are listed`);
    return `${count} objects, ${size(bytes)}, in pages of 50`;
  });

  await step('get each and compare byte for byte', async () => {
    for (const [key, content] of local) {
      const response = await conn.get(key, bucket);
      expect(Buffer.compare(await response.bytes(), content) === 0, key);
    }
    return `${local.size} equal`;
  });

  const [key, content] = [...local].sort(([, a], [, b]) => b.length - a.length)[0] as [string, Uint8Array];

  await step('get the first hundred bytes of the largest', async () => {
    const response = await conn.get(key, { bucket, range: { first: 0, last: 99 } });
    expect(Buffer.compare(await response.bytes(), content.subarray(0, 100)) === 0, 'the range');
    return `${response.status}, ${response.headers.get('content-range')}`;
  });

  await step('look at its metadata', async () => {
    const head = await conn.headObject(key, bucket);
    expect(head.metadata['user-id'] === '12345' && head.size === content.length, 'the head');
    return `${head.contentType}, ${size(head.size)}, ${head.headers['cache-control']}`;
  });

  await step('update its metadata', async () => {
    await conn.updateMetadata(key, { bucket, metadata: { reviewed: 'yes' } });
    const head = await conn.headObject(key, bucket);
    expect(head.metadata['user-id'] === '12345' && head.metadata['reviewed'] === 'yes', 'the metadata');
    return JSON.stringify(head.metadata);
  });

  await step('copy it to the other bucket', async () => {
    await conn.copy({ fromKey: key, fromBucket: bucket, toKey: 'copies/largest.ts', toBucket: archive });
    const response = await conn.get('copies/largest.ts', archive);
    expect(Buffer.compare(await response.bytes(), content) === 0, 'the copy');
    return `${archive}/copies/largest.ts`;
  });

  await step('presign a URL and fetch it without credentials', async () => {
    const url = await conn.presign(key, { bucket, expiresIn: 60 });
    const response = await fetch(url);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(response.ok && Buffer.compare(bytes, content) === 0, `status ${response.status}`);
    return `${response.status}, ${size(bytes.length)}`;
  });
} finally {
  await step('delete everything', async () => {
    let count = 0;
    for (const each of [bucket, archive]) {
      if (!(await present(each))) continue;
      const keys: string[] = [];
      for await (const object of conn.list('', each)) keys.push(object.key);
      const { deleted, errors } = await conn.deleteMany(keys, each);
      expect(errors.length === 0, JSON.stringify(errors));
      await conn.deleteBucket(each);
      count += deleted.length;
    }
    return `${count} objects and the buckets`;
  });
  await server?.close();
}
console.log('Done: every byte came back as it was sent.');

async function step(what: string, run: () => Promise<string>): Promise<void> {
  const started = performance.now();
  const result = await run();
  console.log(
    `  ${what.padEnd(48)} ${`${(performance.now() - started).toFixed(0)} ms`.padStart(8)}   ${result}`,
  );
}

async function present(name: string): Promise<boolean> {
  return (await conn.listBuckets()).some((each) => each.name === name);
}

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`It does not hold: ${what}`);
}

function size(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`;
}
