import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  environmentCredentials,
  environmentEndpoint,
  environmentRegion,
} from '../../src/node/environment.ts';

const keys = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };

test('environmentCredentials needs both keys', () => {
  assert.equal(environmentCredentials({}), undefined);
  assert.equal(environmentCredentials({ AWS_ACCESS_KEY_ID: 'AKID' }), undefined);
  assert.equal(environmentCredentials({ ...keys, AWS_SECRET_ACCESS_KEY: '' }), undefined);
  assert.deepEqual(environmentCredentials({ ...keys, AWS_SESSION_TOKEN: '' }), {
    accessKeyId: 'AKID',
    secretAccessKey: 'secret',
    sessionToken: undefined,
    expiration: undefined,
  });
  assert.deepEqual(
    environmentCredentials({
      ...keys,
      AWS_SESSION_TOKEN: 'token',
      AWS_CREDENTIAL_EXPIRATION: '2026-11-22T12:00:00Z',
    }),
    {
      accessKeyId: 'AKID',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: new Date(Date.UTC(2026, 10, 22, 12)),
    },
  );
});

test('environmentRegion', () => {
  assert.equal(environmentRegion({}), undefined);
  assert.equal(environmentRegion({ AWS_DEFAULT_REGION: 'b' }), 'b');
  assert.equal(environmentRegion({ AWS_REGION: '', AWS_DEFAULT_REGION: 'b' }), 'b');
  assert.equal(environmentRegion({ AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' }), 'a');
});

test('environmentEndpoint', () => {
  const both = { AWS_ENDPOINT_URL: 'http://all', AWS_ENDPOINT_URL_S3: 'http://s3' };
  assert.equal(environmentEndpoint({}), undefined);
  assert.equal(environmentEndpoint(both), 'http://s3');
  assert.equal(environmentEndpoint({ ...both, AWS_ENDPOINT_URL_S3: '' }), 'http://all');
  assert.equal(environmentEndpoint({ ...both, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }), undefined);
  assert.equal(environmentEndpoint({ ...both, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' }), 'http://s3');
});
