import type { ChecksumAlgorithm, RequestCharged, RequestPayer } from './enumerations.ts';
import {
  amz,
  boolean,
  element,
  header,
  httpDate,
  integer,
  list,
  operation,
  required,
  string,
  struct,
  xml,
} from './operation.ts';

const ObjectIdentifier = struct({
  key: required(element()),
  versionId: element(),
  etag: element(string(), 'ETag'),
  lastModifiedTime: element(httpDate),
  size: element(integer),
});

const Delete = struct({
  objects: required(list(ObjectIdentifier, 'Object')),
  quiet: element(boolean),
});

const DeletedObject = struct({
  key: element(),
  versionId: element(),
  deleteMarker: element(boolean),
  deleteMarkerVersionId: element(),
});

const KeyError = struct({
  key: element(),
  versionId: element(),
  code: element(),
  message: element(),
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html DeleteObjects} */
export const deleteObjects = operation({
  name: 'DeleteObjects',
  method: 'POST',
  scope: 'bucket',
  query: 'delete',
  root: 'DeleteResult',
  digest: true,
  input: {
    delete: required(xml('Delete', Delete)),
    mfa: amz(),
    requestPayer: amz<RequestPayer>(),
    bypassGovernanceRetention: amz(boolean),
    expectedBucketOwner: amz(),
    checksumAlgorithm: header(string<ChecksumAlgorithm>(), 'x-amz-sdk-checksum-algorithm'),
  },
  output: {
    deleted: list(DeletedObject),
    requestCharged: amz<RequestCharged>(),
    errors: list(KeyError, 'Error'),
  },
});
