import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What a page that puts, gets and lists pays for the portable door. */
const PROGRAM = `
  import { Connection } from './src/index.ts';
  const conn = new Connection({ accessKey: 'key', secretKey: 'secret', endpoint: 'https://s3.example.com' });
  await conn.upload('key', 'body', { bucket: 'bucket' });
  console.log(await (await conn.get('key', 'bucket')).text());
  for await (const object of conn.list('', { bucket: 'bucket' })) console.log(object.key);
`;
const LIMIT_KIB = 14;

const nodeModules: string[] = [];
const result = await build({
  stdin: { contents: PROGRAM, resolveDir: process.cwd(), loader: 'ts' },
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  treeShaking: true,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  conditions: ['browser'],
  plugins: [
    {
      name: 'refuse node:',
      setup({ onResolve }) {
        onResolve({ filter: /^node:/ }, ({ path, importer }) => {
          nodeModules.push(`${importer} imports ${path}`);
          return { path, external: true };
        });
      },
    },
  ],
});

const [file] = result.outputFiles;
const [output] = Object.values(result.metafile.outputs);
const gzipped = gzipSync(file!.contents, { level: 9 }).length;
const files = Object.entries(output!.inputs)
  .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
  .sort((a, b) => b.bytes - a.bytes);

console.log('construct + upload + get + list by the portable door:');
console.log(`  ${kib(file!.contents.length)} minified, ${kib(gzipped)} gzipped, of ${LIMIT_KIB} KiB allowed`);
console.log(`largest of ${files.length} files, minified:`);
for (const { path, bytes } of files.slice(0, 20)) console.log(`  ${kib(bytes).padStart(9)}  ${path}`);

if (nodeModules.length > 0) fail(`Node in the portable bundle:\n  ${nodeModules.join('\n  ')}`);
if (gzipped > LIMIT_KIB * 1024) fail(`the bundle is larger than ${LIMIT_KIB} KiB`);

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(2)} KiB`;
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
