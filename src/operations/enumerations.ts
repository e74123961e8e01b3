/** Values that S3 documents for its enumerations; `Open` lets others through, as servers and years add their own. */

export type AnnotationDirective = 'COPY' | 'EXCLUDE';
export type ArchiveStatus = 'ARCHIVE_ACCESS' | 'DEEP_ARCHIVE_ACCESS';
export type BucketCannedACL = 'private' | 'public-read' | 'public-read-write' | 'authenticated-read';
export type BucketLocationConstraint =
  | 'af-south-1'
  | 'ap-east-1'
  | 'ap-east-2'
  | 'ap-northeast-1'
  | 'ap-northeast-2'
  | 'ap-northeast-3'
  | 'ap-south-1'
  | 'ap-south-2'
  | 'ap-southeast-1'
  | 'ap-southeast-2'
  | 'ap-southeast-3'
  | 'ap-southeast-4'
  | 'ap-southeast-5'
  | 'ap-southeast-6'
  | 'ap-southeast-7'
  | 'ca-central-1'
  | 'ca-west-1'
  | 'cn-north-1'
  | 'cn-northwest-1'
  | 'EU'
  | 'eu-central-1'
  | 'eu-central-2'
  | 'eu-north-1'
  | 'eu-south-1'
  | 'eu-south-2'
  | 'eu-west-1'
  | 'eu-west-2'
  | 'eu-west-3'
  | 'il-central-1'
  | 'me-central-1'
  | 'me-south-1'
  | 'mx-central-1'
  | 'sa-east-1'
  | 'us-east-2'
  | 'us-gov-east-1'
  | 'us-gov-west-1'
  | 'us-west-1'
  | 'us-west-2';
export type BucketNamespace = 'account-regional' | 'global';
export type BucketType = 'Directory';
export type ChecksumAlgorithm =
  | 'CRC32'
  | 'CRC32C'
  | 'SHA1'
  | 'SHA256'
  | 'CRC64NVME'
  | 'SHA512'
  | 'MD5'
  | 'XXHASH64'
  | 'XXHASH3'
  | 'XXHASH128';
export type ChecksumMode = 'ENABLED';
export type ChecksumType = 'COMPOSITE' | 'FULL_OBJECT';
export type DataRedundancy = 'SingleAvailabilityZone' | 'SingleLocalZone';
export type EncodingType = 'url';
export type LocationType = 'AvailabilityZone' | 'LocalZone';
export type MetadataDirective = 'COPY' | 'REPLACE';
export type ObjectCannedACL =
  | 'private'
  | 'public-read'
  | 'public-read-write'
  | 'authenticated-read'
  | 'aws-exec-read'
  | 'bucket-owner-read'
  | 'bucket-owner-full-control';
export type ObjectLockEventHold = 'ON' | 'OFF';
export type ObjectLockLegalHoldStatus = 'ON' | 'OFF';
export type ObjectLockMode = 'GOVERNANCE' | 'COMPLIANCE';
export type ObjectOwnership = 'BucketOwnerPreferred' | 'ObjectWriter' | 'BucketOwnerEnforced';
export type ObjectStorageClass =
  | 'STANDARD'
  | 'REDUCED_REDUNDANCY'
  | 'GLACIER'
  | 'STANDARD_IA'
  | 'ONEZONE_IA'
  | 'INTELLIGENT_TIERING'
  | 'DEEP_ARCHIVE'
  | 'OUTPOSTS'
  | 'GLACIER_IR'
  | 'SNOW'
  | 'EXPRESS_ONEZONE'
  | 'FSX_OPENZFS'
  | 'FSX_ONTAP'
  | 'AWS_BACKUP_WARM'
  | 'AWS_BACKUP_LOW_COST_WARM';
export type OptionalObjectAttributes = 'RestoreStatus';
export type Permission = 'FULL_CONTROL' | 'WRITE' | 'WRITE_ACP' | 'READ' | 'READ_ACP';
export type ReplicationStatus = 'COMPLETE' | 'PENDING' | 'FAILED' | 'REPLICA' | 'COMPLETED';
export type RequestCharged = 'requester';
export type RequestPayer = 'requester';
export type ServerSideEncryption = 'AES256' | 'aws:fsx' | 'aws:backup' | 'aws:kms' | 'aws:kms:dsse';
export type StorageClass =
  | 'STANDARD'
  | 'REDUCED_REDUNDANCY'
  | 'STANDARD_IA'
  | 'ONEZONE_IA'
  | 'INTELLIGENT_TIERING'
  | 'GLACIER'
  | 'DEEP_ARCHIVE'
  | 'OUTPOSTS'
  | 'GLACIER_IR'
  | 'SNOW'
  | 'EXPRESS_ONEZONE'
  | 'FSX_OPENZFS'
  | 'FSX_ONTAP'
  | 'AWS_BACKUP_WARM'
  | 'AWS_BACKUP_LOW_COST_WARM';
export type TaggingDirective = 'COPY' | 'REPLACE';
