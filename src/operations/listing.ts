import { CommonPrefix } from './common-prefix.ts';
import type {
  ChecksumAlgorithm,
  ChecksumType,
  EncodingType,
  ObjectStorageClass,
  OptionalObjectAttributes,
  RequestCharged,
  RequestPayer,
} from './enumerations.ts';
import {
  amz,
  boolean,
  commaSeparated,
  element,
  integer,
  list,
  operation,
  query,
  string,
  struct,
  timestamp,
} from './operation.ts';
import { Owner } from './owner.ts';

const RestoreStatus = struct({
  isRestoreInProgress: element(boolean),
  restoreExpiryDate: element(timestamp),
});

const ListedObject = struct({
  key: element(),
  lastModified: element(timestamp),
  etag: element(string(), 'ETag'),
  checksumAlgorithm: list(string<ChecksumAlgorithm>()),
  checksumType: element<ChecksumType>(),
  size: element(integer),
  storageClass: element<ObjectStorageClass>(),
  owner: element(Owner),
  restoreStatus: element(RestoreStatus),
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html ListObjects} */
export const listObjects = operation({
  name: 'ListObjects',
  method: 'GET',
  scope: 'bucket',
  root: 'ListBucketResult',
  input: {
    delimiter: query(),
    encodingType: query<EncodingType>(),
    marker: query(),
    maxKeys: query(integer),
    prefix: query(),
    requestPayer: amz<RequestPayer>(),
    expectedBucketOwner: amz(),
    optionalObjectAttributes: amz(commaSeparated<OptionalObjectAttributes>()),
  },
  output: {
    isTruncated: element(boolean),
    marker: element(),
    nextMarker: element(),
    contents: list(ListedObject),
    name: element(),
    prefix: element(),
    delimiter: element(),
    maxKeys: element(integer),
    commonPrefixes: list(CommonPrefix),
    encodingType: element<EncodingType>(),
    requestCharged: amz<RequestCharged>(),
  },
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html ListObjectsV2} */
export const listObjectsV2 = operation({
  name: 'ListObjectsV2',
  method: 'GET',
  scope: 'bucket',
  query: 'list-type=2',
  root: 'ListBucketResult',
  input: {
    delimiter: query(),
    encodingType: query<EncodingType>(),
    maxKeys: query(integer),
    prefix: query(),
    continuationToken: query(),
    fetchOwner: query(boolean),
    startAfter: query(),
    requestPayer: amz<RequestPayer>(),
    expectedBucketOwner: amz(),
    optionalObjectAttributes: amz(commaSeparated<OptionalObjectAttributes>()),
  },
  output: {
    isTruncated: element(boolean),
    contents: list(ListedObject),
    name: element(),
    prefix: element(),
    delimiter: element(),
    maxKeys: element(integer),
    commonPrefixes: list(CommonPrefix),
    encodingType: element<EncodingType>(),
    keyCount: element(integer),
    continuationToken: element(),
    nextContinuationToken: element(),
    startAfter: element(),
    requestCharged: amz<RequestCharged>(),
  },
});
