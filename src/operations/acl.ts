import type {
  ChecksumAlgorithm,
  ObjectCannedACL,
  Permission,
  RequestCharged,
  RequestPayer,
} from './enumerations.ts';
import {
  amz,
  attribute,
  element,
  header,
  operation,
  query,
  required,
  string,
  struct,
  wrapped,
  xml,
} from './operation.ts';
import { Owner } from './owner.ts';

const Grantee = struct({
  displayName: element(),
  emailAddress: element(),
  id: element(string(), 'ID'),
  type: required(attribute('xsi:type')),
  uri: element(string(), 'URI'),
});

const Grant = struct({
  grantee: element(Grantee),
  permission: element<Permission>(),
});

const AccessControlPolicy = struct({
  grants: wrapped(Grant, 'Grant', 'AccessControlList'),
  owner: element(Owner),
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html GetObjectAcl} */
export const getObjectAcl = operation({
  name: 'GetObjectAcl',
  method: 'GET',
  scope: 'object',
  query: 'acl',
  root: 'AccessControlPolicy',
  input: {
    versionId: query(string(), 'versionId'),
    requestPayer: amz<RequestPayer>(),
    expectedBucketOwner: amz(),
  },
  output: {
    owner: element(Owner),
    grants: wrapped(Grant, 'Grant', 'AccessControlList'),
    requestCharged: amz<RequestCharged>(),
  },
});

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html PutObjectAcl} */
export const putObjectAcl = operation({
  name: 'PutObjectAcl',
  method: 'PUT',
  scope: 'object',
  query: 'acl',
  digest: true,
  input: {
    acl: amz<ObjectCannedACL>(),
    accessControlPolicy: xml('AccessControlPolicy', AccessControlPolicy),
    contentMd5: header(),
    checksumAlgorithm: header(string<ChecksumAlgorithm>(), 'x-amz-sdk-checksum-algorithm'),
    grantFullControl: amz(),
    grantRead: amz(),
    grantReadAcp: amz(),
    grantWrite: amz(),
    grantWriteAcp: amz(),
    requestPayer: amz<RequestPayer>(),
    versionId: query(string(), 'versionId'),
    expectedBucketOwner: amz(),
  },
  output: {
    requestCharged: amz<RequestCharged>(),
  },
});
