import { CommonPrefix } from './common-prefix.ts';
import type { EncodingType, OptionalObjectAttributes, RequestCharged, RequestPayer } from './enumerations.ts';
import { ListedObject } from './listed-object.ts';
import { amz, boolean, commaSeparated, element, integer, list, operation, query } from './operation.ts';

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
