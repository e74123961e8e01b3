/**
 * A request refused, in S3's terms. Thrown anywhere below the handler, which turns it into the response.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly code: ErrorCode;
  readonly status: number;
  /** Elements of the error document besides Code and Message. */
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    details: {
      message?: string;
      fields?: Readonly<Record<string, string>>;
      headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    const [status, message] = errors[code];
    super(details.message ?? message);
    this.code = code;
    this.status = status;
    this.fields = details.fields ?? {};
    this.headers = details.headers ?? {};
  }
}

export type ErrorCode = keyof typeof errors;

/** Refuses a parameter or header whose value is not what it may be. */
export function invalidArgument(name: string, value: string, message?: string): RefusedRequest {
  return new RefusedRequest('InvalidArgument', {
    message: message ?? `The value of ${name} is not valid`,
    fields: { ArgumentName: name, ArgumentValue: value },
  });
}

/** Refuses what does not go together; the message says what. */
export function invalidRequest(message: string): RefusedRequest {
  return new RefusedRequest('InvalidRequest', { message });
}

/** Refuses what S3 knows and this server does not, rather than doing something else. */
export function notImplemented(header: string): RefusedRequest {
  return new RefusedRequest('NotImplemented', { fields: { Header: header } });
}

const errors = {
  AccessDenied: [403, 'Access Denied'],
  AuthorizationHeaderMalformed: [400, 'The authorization header is malformed'],
  AuthorizationQueryParametersError: [400, 'The signature parameters in the query are not valid'],
  BadDigest: [400, 'The body does not have the digest that was sent with it'],
  BucketAlreadyExists: [409, 'The bucket name belongs to somebody else'],
  BucketAlreadyOwnedByYou: [409, 'You own this bucket already'],
  BucketNotEmpty: [409, 'The bucket is not empty'],
  EntityTooLarge: [400, 'The body is larger than allowed'],
  EntityTooSmall: [400, 'A part other than the last is smaller than allowed'],
  IllegalLocationConstraintException: [
    400,
    'The location constraint does not fit the region of this endpoint',
  ],
  IncompleteBody: [400, 'The body is shorter or longer than was declared'],
  InternalError: [500, 'The server failed'],
  InvalidAccessKeyId: [403, 'The access key id is not known here'],
  InvalidArgument: [400, 'Invalid argument'],
  InvalidBucketName: [400, 'The bucket name is not valid'],
  InvalidChunkSizeError: [403, 'Only the last chunk may be smaller than 8192 bytes'],
  InvalidDigest: [400, 'The Content-MD5 is not valid'],
  InvalidLocationConstraint: [400, 'The location constraint is not valid'],
  InvalidPart: [400, 'A part was not uploaded, or its ETag or checksum is another'],
  InvalidPartNumber: [416, 'The object has no such part'],
  InvalidPartOrder: [400, 'The parts are not in ascending order'],
  InvalidRange: [416, 'The range cannot be satisfied'],
  InvalidRequest: [400, 'Invalid request'],
  InvalidStorageClass: [400, 'The storage class is not valid'],
  InvalidTag: [400, 'A tag is not valid'],
  InvalidToken: [400, 'The security token is not valid'],
  InvalidURI: [400, 'The URI cannot be parsed'],
  KeyTooLongError: [400, 'The key is longer than 1024 bytes'],
  MalformedXML: [400, 'The XML is not well-formed or not what this operation takes'],
  MalformedTrailerError: [400, 'The trailers of the body are not those announced'],
  MaxMessageLengthExceeded: [400, 'The request is too big'],
  MetadataTooLarge: [400, 'The user metadata is larger than 2 KB'],
  MethodNotAllowed: [405, 'The method is not allowed on this resource'],
  MissingContentLength: [411, 'Content-Length is required'],
  MissingSecurityHeader: [400, 'A required header is missing'],
  NoSuchBucket: [404, 'The bucket does not exist'],
  NoSuchKey: [404, 'The key does not exist'],
  NoSuchUpload: [404, 'The upload does not exist; it may have been completed or aborted'],
  NoSuchVersion: [404, 'The version does not exist'],
  NotImplemented: [501, 'This server does not implement what the request asks for'],
  PreconditionFailed: [412, 'A precondition does not hold'],
  RequestHeaderSectionTooLarge: [400, 'The headers are larger than allowed'],
  RequestTimeTooSkewed: [403, "The request's time is too far from the server's"],
  RequestTimeout: [400, 'The body did not arrive in time'],
  SignatureDoesNotMatch: [
    403,
    'The signature is not the one computed here; check the secret key and the signing',
  ],
  UserKeyMustBeSpecified: [400, 'The key is missing'],
  XAmzContentSHA256Mismatch: [400, 'The body does not have the hash in x-amz-content-sha256'],
} as const satisfies Record<string, readonly [status: number, message: string]>;
