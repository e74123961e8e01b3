import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readErrorDocument } from '../../src/protocol/error-document.ts';

test('an error as S3 writes it', () => {
  const document = readErrorDocument(`<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&amp;b</Key><RequestId>4442587FB7D0A2F9</RequestId><HostId>h/+=</HostId></Error>`);
  assert.deepEqual(
    { ...document, details: { ...document?.details } },
    {
      code: 'NoSuchKey',
      message: 'The specified key does not exist.',
      requestId: '4442587FB7D0A2F9',
      hostId: 'h/+=',
      region: undefined,
      details: { Key: 'a&b' },
    },
  );
  assert.equal(Object.getPrototypeOf(document?.details), null);
});

test('errors as others write them', () => {
  for (const [text, code] of [
    ['  \n\n<Error><Code>InternalError</Code></Error>', 'InternalError'],
    ['<Error><Code>SlowDown</Code><Message></Message><RequestId>tx1</RequestId></Error>', 'SlowDown'],
    [
      '<ErrorResponse xmlns="u"><Error><Type>Sender</Type><Code>ExpiredToken</Code></Error><RequestId>r</RequestId></ErrorResponse>',
      'ExpiredToken',
    ],
    ['<e:Error xmlns:e="u"><e:Code>AccessDenied</e:Code></e:Error>', 'AccessDenied'],
    ['<Error><Message>m</Message><Code>AccessDenied</Code><Mess', 'AccessDenied'],
    ['<Error><Code>AccessDenied</Code><Nested><A/></Nested></Error>', 'AccessDenied'],
  ] as const) {
    assert.equal(readErrorDocument(text)?.code, code, text);
  }
  assert.equal(
    readErrorDocument('<ErrorResponse><Error><Code>A</Code></Error><RequestId>r</RequestId></ErrorResponse>')
      ?.requestId,
    'r',
  );
  assert.equal(
    readErrorDocument('<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>')
      ?.region,
    'eu-west-1',
  );
});

test('what is no error document is undefined', () => {
  for (const text of [
    '',
    ' \n',
    'Service Unavailable',
    '{"Code":"NoSuchKey"}',
    '<!DOCTYPE html><html><body>502</body></html>',
    '<html><head><title>502</title></head></html>',
    '<ListBucketResult><Code>A</Code></ListBucketResult>',
    '<Error></Error>',
    '<Error/>',
    '<Error><Code></Code></Error>',
    '<Error><Co',
    '<ErrorResponse><Other/></ErrorResponse>',
    '<ErrorResponse/>',
  ]) {
    assert.equal(readErrorDocument(text), undefined, text);
  }
});

test('signatures, tokens and what was signed are left out', () => {
  const document = readErrorDocument(
    '<Error><Code>SignatureDoesNotMatch</Code><Message>m</Message><AWSAccessKeyId>AKID</AWSAccessKeyId>' +
      '<StringToSign>secret</StringToSign><SignatureProvided>secret</SignatureProvided><StringToSignBytes>secret</StringToSignBytes>' +
      '<CanonicalRequest>secret</CanonicalRequest><CanonicalRequestBytes>secret</CanonicalRequestBytes>' +
      '<Token-0>secret</Token-0><X-Amz-Credential>secret</X-Amz-Credential></Error>',
  );
  assert.deepEqual(Object.entries(document?.details ?? {}), [['AWSAccessKeyId', 'AKID']]);
  const argument = (name: string) =>
    readErrorDocument(
      `<Error><Code>InvalidArgument</Code><ArgumentName>${name}</ArgumentName><ArgumentValue>value</ArgumentValue></Error>`,
    )?.details['ArgumentValue'];
  assert.equal(argument('max-keys'), 'value');
  for (const name of [
    'Authorization',
    'x-amz-security-token',
    'x-amz-server-side-encryption-customer-key',
    'X-Amz-Signature',
  ]) {
    assert.equal(argument(name), undefined, name);
  }
});

test('names objects have anyway are harmless, and long values are cut', () => {
  const document = readErrorDocument(
    `<Error><Code>A</Code><__proto__>p</__proto__><constructor>c</constructor><Message>${'m'.repeat(100_000)}</Message></Error>`,
  );
  assert.deepEqual(Object.entries(document?.details ?? {}), [
    ['__proto__', 'p'],
    ['constructor', 'c'],
  ]);
  assert.equal(document?.message.length, 1024);
});
