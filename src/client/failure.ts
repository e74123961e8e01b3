import { type RetryKind, retryKind } from '../http/retry.ts';
import { TransportError, type TransportResponse } from '../http/transport.ts';
import { errorCodeForStatus, S3Error, type S3ErrorFacts } from '../protocol/error.ts';
import { type ErrorDocument, readErrorDocument } from '../protocol/error-document.ts';
import { XmlError } from '../protocol/xml-reader.ts';

/** Why an attempt failed, and whether another one may help. */
export interface Failure {
  readonly error: S3Error;
  readonly kind: RetryKind | undefined;
  /** The request never got there, or the server said no: nothing is done twice when it is repeated. */
  readonly undone: boolean;
  /** Not worth a pause: the connection was dead before, the server is not troubled. */
  readonly immediate: boolean;
}

/** A 2xx whose body is not the answer that is due: an `<Error>`, another document, or one that breaks off. */
export class UnexpectedBody extends Error {
  readonly document: ErrorDocument | undefined;

  constructor(cause: XmlError, text: string) {
    super(cause.message, { cause });
    this.document = readErrorDocument(text);
  }
}

/** What the S3Error of an exchange that gave no (whole) answer is; undefined for errors that are not the exchange's. */
export function exchangeFailure(cause: unknown, facts: S3ErrorFacts): Failure | undefined {
  if (cause instanceof UnexpectedBody) {
    if (cause.document) return documentFailure(cause.document, 200, { ...facts, status: 200 });
    const error = new S3Error('BadResponse', `The answer is not S3's: ${cause.message}`, {
      ...facts,
      status: 200,
      cause,
      retryable: true,
    });
    return { error, kind: 'transient', undone: false, immediate: false };
  }
  if (cause instanceof XmlError) return exchangeFailure(new UnexpectedBody(cause, ''), facts);
  if (!(cause instanceof TransportError)) return undefined;
  const undone = cause.kind === 'connect' || cause.phase === 'connect';
  const kind = cause.kind === 'protocol' || cause.phase === 'socket' ? undefined : 'transient';
  const code =
    cause.kind === 'timeout' ? 'Timeout' : cause.kind === 'protocol' ? 'BadResponse' : 'NetworkError';
  const error = new S3Error(code, cause.message, { ...facts, cause, retryable: kind !== undefined });
  return { error, kind, undone, immediate: cause.kind === 'stale' };
}

/** The S3Error an answer other than 2xx is. Reads its body, bounded, and lets go of the connection. */
export async function answerFailure(response: TransportResponse, facts: S3ErrorFacts): Promise<Failure> {
  const { status, headers } = response;
  const bytes = await response.bytes(1_048_576).catch(() => {
    response.discard();
    return new Uint8Array(0);
  });
  const document = readErrorDocument(new TextDecoder().decode(bytes));
  return documentFailure(document, status, {
    ...facts,
    status,
    requestId: headers['x-amz-request-id'] ?? headers['x-trans-id'],
    hostId: headers['x-amz-id-2'],
    region: headers['x-amz-bucket-region'],
  });
}

function documentFailure(document: ErrorDocument | undefined, status: number, facts: S3ErrorFacts): Failure {
  const code = document?.code ?? errorCodeForStatus(status);
  const kind = retryKind(status, code);
  const wrongRegion = status === 301 || status === 400;
  const error = new S3Error(code, document?.message ?? '', {
    ...facts,
    requestId: document?.requestId ?? facts.requestId,
    hostId: document?.hostId ?? facts.hostId,
    region: wrongRegion ? (document?.region ?? facts.region) : undefined,
    details: document?.details,
    retryable: kind !== undefined,
  });
  return { error, kind, undone: true, immediate: false };
}
