import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from './acl.ts';
import type { Address } from './address.ts';
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './buckets.ts';
import type { Call } from './call.ts';
import { completeMultipartUpload } from './complete-upload.ts';
import { copyObject } from './copy-object.ts';
import { deleteObjects } from './delete-objects.ts';
import type { ServerResponse } from './exchange.ts';
import { listObjects, listObjectsV2 } from './list-objects.ts';
import { deleteObject, getObject, headObject, putObject } from './objects.ts';
import { listParts, uploadPart, uploadPartCopy } from './parts.ts';
import { invalidArgument, RefusedRequest } from './refused-request.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.ts';
import { abortMultipartUpload, createMultipartUpload, listMultipartUploads } from './uploads.ts';

export interface Route {
  /** S3's name of the operation. */
  readonly operation: string;
  readonly run: (call: Call) => Promise<ServerResponse>;
  /** The operation takes its body as a stream. All others have it read and verified before they start. */
  readonly streams?: boolean;
  /** Checksum headers are about the object that is made, not about the body. */
  readonly checksumOfObject?: boolean;
}

/**
 * The operation a request asks for: by its method, what it is about, and the sub-resource its query names. What is not
 * known here is refused, never taken for the operation on the plain resource.
 *
 * @throws {RefusedRequest} NotImplemented, MethodNotAllowed, InvalidArgument
 */
export function routeOf(
  method: string,
  { bucket, key }: Address,
  query: ReadonlyMap<string, string>,
  headers: Call['headers'],
): Route {
  if (!methods.includes(method)) throw methodNotAllowed(method, 'SERVICE', methods);
  const scope = key !== '' ? 'object' : bucket !== '' ? 'bucket' : 'service';
  const subResource = subResourceOf(query);
  const routes = table[scope][subResource];
  if (!routes) throw new RefusedRequest('NotImplemented', { fields: { Resource: subResource } });
  const route = routes[method];
  if (!route) {
    if (scope === 'bucket' && method === 'POST')
      throw new RefusedRequest('NotImplemented', { fields: { Resource: 'POST' } });
    throw methodNotAllowed(method, scope.toUpperCase(), Object.keys(routes));
  }
  if (route === putObjectRoute && headers['x-amz-copy-source'] !== undefined) return copyObjectRoute;
  if (route === uploadPartRoute && headers['x-amz-copy-source'] !== undefined) return uploadPartCopyRoute;
  if (route === listObjectsRoute && query.has('list-type')) {
    const version = query.get('list-type')!;
    if (version !== '2') throw invalidArgument('list-type', version);
    return listObjectsV2Route;
  }
  return route;
}

const methods = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'];

const putObjectRoute: Route = { operation: 'PutObject', run: putObject, streams: true };
const copyObjectRoute: Route = { operation: 'CopyObject', run: copyObject };
const uploadPartRoute: Route = { operation: 'UploadPart', run: uploadPart, streams: true };
const uploadPartCopyRoute: Route = { operation: 'UploadPartCopy', run: uploadPartCopy };
const listObjectsRoute: Route = { operation: 'ListObjects', run: listObjects };
const listObjectsV2Route: Route = { operation: 'ListObjectsV2', run: listObjectsV2 };

type Routes = Readonly<Record<string, Readonly<Record<string, Route>>>>;

/** By sub-resource (empty: none) and method. */
const table: Readonly<Record<'service' | 'bucket' | 'object', Routes>> = {
  service: {
    '': { GET: { operation: 'ListBuckets', run: listBuckets } },
  },
  bucket: {
    '': {
      GET: listObjectsRoute,
      HEAD: { operation: 'HeadBucket', run: headBucket },
      PUT: { operation: 'CreateBucket', run: createBucket },
      DELETE: { operation: 'DeleteBucket', run: deleteBucket },
    },
    acl: {
      GET: { operation: 'GetBucketAcl', run: getBucketAcl },
      PUT: { operation: 'PutBucketAcl', run: putBucketAcl },
    },
    delete: { POST: { operation: 'DeleteObjects', run: deleteObjects } },
    location: { GET: { operation: 'GetBucketLocation', run: getBucketLocation } },
    uploads: { GET: { operation: 'ListMultipartUploads', run: listMultipartUploads } },
  },
  object: {
    '': {
      GET: { operation: 'GetObject', run: getObject },
      HEAD: { operation: 'HeadObject', run: headObject },
      PUT: putObjectRoute,
      DELETE: { operation: 'DeleteObject', run: deleteObject },
    },
    acl: {
      GET: { operation: 'GetObjectAcl', run: getObjectAcl },
      PUT: { operation: 'PutObjectAcl', run: putObjectAcl },
    },
    tagging: {
      GET: { operation: 'GetObjectTagging', run: getObjectTagging },
      PUT: { operation: 'PutObjectTagging', run: putObjectTagging },
      DELETE: { operation: 'DeleteObjectTagging', run: deleteObjectTagging },
    },
    uploads: { POST: { operation: 'CreateMultipartUpload', run: createMultipartUpload } },
    uploadId: {
      GET: { operation: 'ListParts', run: listParts },
      PUT: uploadPartRoute,
      POST: { operation: 'CompleteMultipartUpload', run: completeMultipartUpload, checksumOfObject: true },
      DELETE: { operation: 'AbortMultipartUpload', run: abortMultipartUpload },
    },
  },
};

/** Sub-resources of S3, whether or not there is an operation on them here. */
const subResources = new Set(
  'abac accelerate acl analytics annotation attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle location logging metadataAnnotationTable metadataConfiguration metadataInventoryTable metadataJournalTable metadataTable metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock renameObject replication requestPayment restore retention select session tagging torrent uploadId uploads versioning versions website'.split(
    ' ',
  ),
);

/** Parameters that narrow an operation down rather than name one. They may be empty. */
const parameters = new Set(
  'bucket-region continuation-token delimiter encoding-type fetch-owner key-marker list-type marker max-buckets max-keys max-parts max-uploads part-number-marker partNumber prefix response-cache-control response-content-disposition response-content-encoding response-content-language response-content-type response-expires start-after upload-id-marker versionId x-id'.split(
    ' ',
  ),
);

/**
 * The query's sub-resource. A bare name that is no parameter counts as one too, be it S3's newest or nobody's: a server
 * that passes over it does something else than was asked.
 */
function subResourceOf(query: ReadonlyMap<string, string>): string {
  let found = '';
  for (const [name, value] of query) {
    if (!subResources.has(name) && (value !== '' || parameters.has(name) || /^x-amz-/i.test(name))) continue;
    if (found !== '')
      throw invalidArgument('ResourceType', name, 'The query names more than one sub-resource');
    found = name;
  }
  return found;
}

function methodNotAllowed(method: string, resourceType: string, allowed: readonly string[]): RefusedRequest {
  return new RefusedRequest('MethodNotAllowed', {
    fields: { Method: method, ResourceType: resourceType },
    headers: { allow: allowed.join(', ') },
  });
}
