import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEndpoint } from '../../src/client/endpoint.ts';

const places: [endpoint: string | undefined, tls: boolean | undefined, where: string][] = [
  [undefined, undefined, 'https s3.amazonaws.com 443'],
  [undefined, false, 'http s3.amazonaws.com 80'],
  ['localhost', undefined, 'https localhost 443'],
  ['localhost', false, 'http localhost 80'],
  ['localhost:9000', false, 'http localhost 9000'],
  ['localhost:9000', true, 'https localhost 9000'],
  ['http://localhost:9000', undefined, 'http localhost 9000'],
  ['http://localhost:9000', false, 'http localhost 9000'],
  ['https://s3.example.com', true, 'https s3.example.com 443'],
  ['https://s3.example.com/', undefined, 'https s3.example.com 443'],
  ['HTTPS://S3.Example.COM', undefined, 'https s3.example.com 443'],
  ['http://s3.example.com:80', undefined, 'http s3.example.com 80'],
  ['https://s3.example.com:80', undefined, 'https s3.example.com 80'],
  ['https://example.com/s3', undefined, 'https example.com 443 /s3'],
  ['https://example.com/a b/é//c/', undefined, 'https example.com 443 /a%20b/%C3%A9/c'],
  ['https://example.com/a%20b', undefined, 'https example.com 443 /a%20b'],
  ['127.0.0.1:9000', false, 'http 127.0.0.1 9000'],
  ['http://[::1]:9000', undefined, 'http ::1 9000'],
  ['[::1]', false, 'http ::1 80'],
  ['[2001:DB8::1]:9000', undefined, 'https 2001:db8::1 9000'],
  ['under_score:9000', false, 'http under_score 9000'],
];
for (const [endpoint, tls, where] of places) {
  test(`${endpoint} with tls ${tls} is ${where}`, () => {
    const { secure, hostname, port, basePath } = parseEndpoint(endpoint, tls);
    assert.equal(`${secure ? 'https' : 'http'} ${hostname} ${port} ${basePath}`.trimEnd(), where);
  });
}

const bad: [endpoint: string, tls?: boolean][] = [
  [''],
  [' '],
  ['http://'],
  ['ftp://s3.example.com'],
  ['s3://bucket'],
  ['file:///etc'],
  ['https://user@s3.example.com'],
  ['https://user:secret@s3.example.com'],
  ['user:secret@s3.example.com'],
  ['https://s3.example.com?x=1'],
  ['https://s3.example.com/#x'],
  ['s3.example.com:port'],
  ['s3.example.com:99999'],
  ['s3 .example.com'],
  ['*.example.com'],
  ['::1'],
  ['https://example.com/%zz'],
  ['http://s3.example.com', true],
  ['https://s3.example.com', false],
];
for (const [endpoint, tls] of bad) {
  test(`${JSON.stringify(endpoint)} with tls ${tls} is refused`, () => {
    assert.throws(() => parseEndpoint(endpoint, tls), TypeError);
  });
}

const regions: [endpoint: string, region: string | undefined, aws: boolean][] = [
  ['s3.amazonaws.com', undefined, true],
  ['s3-eu-west-1.amazonaws.com', 'eu-west-1', true],
  ['s3.eu-west-1.amazonaws.com', 'eu-west-1', true],
  ['bucket.s3.eu-west-1.amazonaws.com', 'eu-west-1', true],
  ['s3.dualstack.us-west-2.amazonaws.com', 'us-west-2', true],
  ['s3-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', true],
  ['s3-fips.dualstack.us-gov-west-1.amazonaws.com', 'us-gov-west-1', true],
  ['s3-accelerate.amazonaws.com', undefined, true],
  ['s3-accelerate.dualstack.amazonaws.com', undefined, true],
  ['s3-external-1.amazonaws.com', undefined, true],
  ['s3.cn-north-1.amazonaws.com.cn', 'cn-north-1', true],
  ['s3.amazonaws.com.evil.example', undefined, false],
  ['evilamazonaws.com', undefined, false],
  ['account.r2.cloudflarestorage.com', 'auto', false],
  ['account.eu.r2.cloudflarestorage.com', 'auto', false],
  ['storage.googleapis.com', 'auto', false],
  ['localhost:9000', undefined, false],
  ['minio.example.com', undefined, false],
  ['[::1]:9000', undefined, false],
];
for (const [endpoint, region, aws] of regions) {
  test(`${endpoint} tells the region ${region}`, () => {
    const parsed = parseEndpoint(endpoint);
    assert.equal(parsed.region, region);
    assert.equal(parsed.aws, aws);
  });
}
