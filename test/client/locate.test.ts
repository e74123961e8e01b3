import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEndpoint } from '../../src/client/endpoint.ts';
import { locate } from '../../src/client/locate.ts';

const [us, eu] = ['us-east-1', 'eu-west-1'];

/** Where the requests for a bucket go: `host` and the path in front of the key. */
const places: [endpoint: string, bucket: string | undefined, region: string, host: string, prefix: string][] =
  [
    ['https://s3.amazonaws.com', 'bkt', us, 'bkt.s3.amazonaws.com', ''],
    ['https://s3.amazonaws.com', 'bkt', eu, 'bkt.s3.eu-west-1.amazonaws.com', ''],
    ['https://s3.amazonaws.com', undefined, us, 's3.amazonaws.com', ''],
    ['https://s3.amazonaws.com', undefined, eu, 's3.eu-west-1.amazonaws.com', ''],
    ['https://s3.amazonaws.com', 'my.bucket', us, 's3.amazonaws.com', '/my.bucket'],
    ['https://s3.amazonaws.com', 'my.bucket', eu, 's3.eu-west-1.amazonaws.com', '/my.bucket'],
    ['http://s3.amazonaws.com', 'my.bucket', us, 'my.bucket.s3.amazonaws.com', ''],
    ['https://s3.amazonaws.com', 'bkt', 'cn-north-1', 'bkt.s3.cn-north-1.amazonaws.com.cn', ''],
    ['https://s3.eu-west-1.amazonaws.com', 'bkt', eu, 'bkt.s3.eu-west-1.amazonaws.com', ''],
    ['https://s3.eu-west-1.amazonaws.com', 'bkt', us, 'bkt.s3.us-east-1.amazonaws.com', ''],
    ['https://s3-eu-west-1.amazonaws.com', 'bkt', 'eu-west-2', 'bkt.s3-eu-west-2.amazonaws.com', ''],
    [
      'https://s3.dualstack.us-west-2.amazonaws.com',
      'bkt',
      eu,
      'bkt.s3.dualstack.eu-west-1.amazonaws.com',
      '',
    ],
    ['https://s3-accelerate.amazonaws.com', 'bkt', eu, 'bkt.s3-accelerate.amazonaws.com', ''],
    [
      'https://s3.cn-north-1.amazonaws.com.cn',
      'bkt',
      'cn-northwest-1',
      'bkt.s3.cn-northwest-1.amazonaws.com.cn',
      '',
    ],
    ['https://s3.amazonaws.com', 'Old_Bucket', us, 's3.amazonaws.com', '/Old_Bucket'],
    ['https://s3.amazonaws.com', 'ab', us, 's3.amazonaws.com', '/ab'],
    ['http://localhost:9000', 'bkt', us, 'localhost:9000', '/bkt'],
    ['http://localhost', 'bkt', us, 'localhost', '/bkt'],
    ['http://minio:9000', 'bkt', us, 'minio:9000', '/bkt'],
    ['http://127.0.0.1:9000', 'bkt', us, '127.0.0.1:9000', '/bkt'],
    ['http://[::1]:9000', 'bkt', us, '[::1]:9000', '/bkt'],
    ['http://[::1]', 'bkt', us, '[::1]', '/bkt'],
    ['https://s3.example.com', 'bkt', eu, 'bkt.s3.example.com', ''],
    ['https://s3.example.com', 'my.bucket', us, 's3.example.com', '/my.bucket'],
    ['http://s3.example.com', 'my.bucket', us, 'my.bucket.s3.example.com', ''],
    ['https://s3.example.com:8443', 'bkt', us, 'bkt.s3.example.com:8443', ''],
    ['https://s3.example.com:443', 'bkt', us, 'bkt.s3.example.com', ''],
    ['https://example.com/s3', 'bkt', us, 'bkt.example.com', '/s3'],
    ['http://localhost/s3', 'bkt', us, 'localhost', '/s3/bkt'],
    ['http://localhost/s3', undefined, us, 'localhost', '/s3'],
    ['http://localhost', 'tenant:bkt', us, 'localhost', '/tenant%3Abkt'],
  ];
for (const [endpoint, bucket, region, host, prefix] of places) {
  test(`${bucket} at ${endpoint} in ${region}`, () => {
    const location = locate(parseEndpoint(endpoint), bucket, region, undefined);
    assert.equal(location.host, host);
    assert.equal(location.prefix, prefix);
    assert.equal(location.region, region);
    assert.equal(location.virtualHostBucket, host.startsWith(`${bucket}.`) ? bucket : undefined);
    assert.equal(location.secure, endpoint.startsWith('https:'));
    assert.equal(location.hostname.includes('['), false);
  });
}

test('pathStyle forces one or the other', () => {
  for (const [endpoint, bucket, pathStyle, host, prefix] of [
    ['https://s3.amazonaws.com', 'bkt', true, 's3.amazonaws.com', '/bkt'],
    ['https://s3.amazonaws.com', 'my.bucket', false, 'my.bucket.s3.amazonaws.com', ''],
    ['http://localhost:9000', 'bkt', false, 'bkt.localhost:9000', ''],
  ] as const) {
    const location = locate(parseEndpoint(endpoint), bucket, us, pathStyle);
    assert.equal(location.host, host);
    assert.equal(location.prefix, prefix);
  }
});
