import type {
  BucketCannedACL,
  BucketLocationConstraint,
  BucketNamespace,
  BucketType,
  DataRedundancy,
  LocationType,
  ObjectOwnership,
} from './enumerations.ts';
import {
  amz,
  boolean,
  element,
  header,
  integer,
  operation,
  query,
  rootText,
  string,
  struct,
  timestamp,
  wrapped,
  xml,
} from './operation.ts';
import { Owner } from './owner.ts';
import { Tag } from './tag.ts';

const Bucket = struct({
  name: element(),
  creationDate: element(timestamp),
  bucketRegion: element(),
  bucketArn: element(),
});

const LocationInfo = struct({
  type: element<LocationType>(),
  name: element(),
});

const BucketInfo = struct({
  dataRedundancy: element<DataRedundancy>(),
  type: element<BucketType>(),
});

const CreateBucketConfiguration = struct({
  locationConstraint: element<BucketLocationConstraint>(),
  location: element(LocationInfo),
  bucket: element(BucketInfo),
  tags: wrapped(Tag, 'Tag'),
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html ListBuckets} */
export const listBuckets = operation({
  name: 'ListBuckets',
  method: 'GET',
  scope: 'service',
  root: 'ListAllMyBucketsResult',
  input: {
    maxBuckets: query(integer),
    continuationToken: query(),
    prefix: query(),
    bucketRegion: query(),
  },
  output: {
    buckets: wrapped(Bucket, 'Bucket'),
    owner: element(Owner),
    continuationToken: element(),
    prefix: element(),
  },
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html CreateBucket} */
export const createBucket = operation({
  name: 'CreateBucket',
  method: 'PUT',
  scope: 'bucket',
  input: {
    acl: amz<BucketCannedACL>(),
    createBucketConfiguration: xml('CreateBucketConfiguration', CreateBucketConfiguration),
    grantFullControl: amz(),
    grantRead: amz(),
    grantReadAcp: amz(),
    grantWrite: amz(),
    grantWriteAcp: amz(),
    objectLockEnabledForBucket: header(boolean, 'x-amz-bucket-object-lock-enabled'),
    objectOwnership: amz<ObjectOwnership>(),
    bucketNamespace: amz<BucketNamespace>(),
  },
  output: {
    location: header(),
    bucketArn: amz(),
  },
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html HeadBucket} */
export const headBucket = operation({
  name: 'HeadBucket',
  method: 'HEAD',
  scope: 'bucket',
  input: {
    expectedBucketOwner: amz(),
  },
  output: {
    bucketArn: amz(),
    bucketLocationType: amz<LocationType>(),
    bucketLocationName: amz(),
    bucketRegion: amz(),
    accessPointAlias: amz(boolean),
  },
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html GetBucketLocation} */
export const getBucketLocation = operation({
  name: 'GetBucketLocation',
  method: 'GET',
  scope: 'bucket',
  query: 'location',
  root: 'LocationConstraint',
  input: {
    expectedBucketOwner: amz(),
  },
  output: {
    locationConstraint: rootText(string<BucketLocationConstraint>()),
  },
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html DeleteBucket} */
export const deleteBucket = operation({
  name: 'DeleteBucket',
  method: 'DELETE',
  scope: 'bucket',
  input: {
    expectedBucketOwner: amz(),
  },
  output: {},
});
