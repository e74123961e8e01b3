import type { ChecksumAlgorithm, RequestPayer } from './enumerations.ts';
import { amz, header, operation, query, required, string, struct, wrapped, xml } from './operation.ts';
import { Tag } from './tag.ts';

const Tagging = struct({
  tagSet: required(wrapped(Tag, 'Tag')),
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html GetObjectTagging} */
export const getObjectTagging = operation({
  name: 'GetObjectTagging',
  method: 'GET',
  scope: 'object',
  query: 'tagging',
  root: 'Tagging',
  input: {
    versionId: query(string(), 'versionId'),
    expectedBucketOwner: amz(),
    requestPayer: amz<RequestPayer>(),
  },
  output: {
    versionId: amz(),
    tagSet: wrapped(Tag, 'Tag'),
  },
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html PutObjectTagging} */
export const putObjectTagging = operation({
  name: 'PutObjectTagging',
  method: 'PUT',
  scope: 'object',
  query: 'tagging',
  digest: true,
  input: {
    versionId: query(string(), 'versionId'),
    contentMd5: header(),
    checksumAlgorithm: header(string<ChecksumAlgorithm>(), 'x-amz-sdk-checksum-algorithm'),
    tagging: required(xml('Tagging', Tagging)),
    expectedBucketOwner: amz(),
    requestPayer: amz<RequestPayer>(),
  },
  output: {
    versionId: amz(),
  },
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html DeleteObjectTagging} */
export const deleteObjectTagging = operation({
  name: 'DeleteObjectTagging',
  method: 'DELETE',
  scope: 'object',
  query: 'tagging',
  input: {
    versionId: query(string(), 'versionId'),
    expectedBucketOwner: amz(),
  },
  output: {
    versionId: amz(),
  },
});
