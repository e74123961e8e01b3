import type { RequestCharged, RequestPayer } from './enumerations.ts';
import { amz, boolean, header, httpDate, integer, operation, query, string } from './operation.ts';

/** {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html DeleteObject} */
export const deleteObject = operation({
  name: 'DeleteObject',
  method: 'DELETE',
  scope: 'object',
  input: {
    mfa: amz(),
    versionId: query(string(), 'versionId'),
    requestPayer: amz<RequestPayer>(),
    bypassGovernanceRetention: amz(boolean),
    expectedBucketOwner: amz(),
    ifMatch: header(),
    ifMatchLastModifiedTime: amz(httpDate),
    ifMatchSize: amz(integer),
  },
  output: {
    deleteMarker: amz(boolean),
    versionId: amz(),
    requestCharged: amz<RequestCharged>(),
  },
});
