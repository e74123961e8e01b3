import { CommonPrefix } from './common-prefix.ts';
import type { EncodingType, OptionalObjectAttributes, RequestCharged, RequestPayer } from './enumerations.ts';
import { ListedObject } from './listed-object.ts';
import { amz, boolean, commaSeparated, element, integer, list, operation, query } from './operation.ts';

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
