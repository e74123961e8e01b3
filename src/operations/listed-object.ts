import type { ChecksumAlgorithm, ChecksumType, ObjectStorageClass } from './enumerations.ts';
import { boolean, element, integer, list, string, struct, timestamp } from './operation.ts';
import { Owner } from './owner.ts';

const RestoreStatus = struct({
  isRestoreInProgress: element(boolean),
  restoreExpiryDate: element(timestamp),
});

export const ListedObject = struct({
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
