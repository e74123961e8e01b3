import type { ConnectionOptions } from '../../src/client/options.ts';
import { type Call, Sender } from '../../src/client/send.ts';
import { resolveSettings } from '../../src/client/settings.ts';
import { abortable } from '../../src/http/abortable.ts';
import type { BodyInput } from '../../src/http/body.ts';
import { concatenate } from '../../src/http/concatenate.ts';
import {
  type RequestBody,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from '../../src/http/transport.ts';
import { nodeHashes } from '../../src/node/hash.ts';
import { putObject } from '../../src/operations/index.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';

/** What one request is answered with. */
export interface Answer {
  /** Default 200. */
  readonly status?: number;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** The body breaks off with this after what `body` holds. */
  readonly breaks?: TransportError;
  /** The answer comes when this settles, or never when the signal aborts before. */
  readonly after?: Promise<unknown>;
  /** Answers without having read the request's body. */
  readonly early?: boolean;
}

/** An answer, a failure of the exchange, or what makes one of them from the request. */
export type Step = Answer | TransportError | ((request: RecordedRequest) => Answer | TransportError);

/** A request as it went out. */
export interface RecordedRequest extends Omit<TransportRequest, 'body'> {
  /** All that the body gave; undefined where there was none or nobody read it. */
  readonly body: Uint8Array | undefined;
  /** How often a body that is a stream was opened. */
  readonly opened: number;
}

export interface ScriptedTransport extends Transport {
  readonly requests: RecordedRequest[];
  /** Answers whose body was neither read to its end nor discarded. */
  readonly held: () => number;
  /** Steps that nobody asked for. */
  readonly left: () => number;
}

/** A transport that plays `steps`, one a request, and keeps what it was asked; a request too many fails loudly. */
export function scriptedTransport(steps: readonly Step[]): ScriptedTransport {
  const requests: RecordedRequest[] = [];
  let open = 0;
  const transport: Transport = async (request, signal) => {
    signal?.throwIfAborted();
    const step = steps[requests.length];
    const record = { ...request, headers: { ...request.headers }, body: undefined, opened: 0 };
    requests.push(record);
    if (step === undefined) throw new Error(`No answer is left for ${request.label}`);
    const early =
      step instanceof TransportError ? beforeBody(step) : typeof step !== 'function' && step.early;
    if (request.body && !early) Object.assign(record, await readBody(request.body, signal));
    const answer = typeof step === 'function' ? step(record) : step;
    if (answer instanceof TransportError) throw answer;
    if (answer.after) await abortable(answer.after, signal);
    open++;
    return scriptedResponse(answer, signal, () => open--);
  };
  return Object.assign(transport, { requests, held: () => open, left: () => steps.length - requests.length });
}

/** A sender over a script, on a clock that stands still; AWS in us-east-1 unless told otherwise. */
export function scriptedSender(
  steps: readonly Step[],
  options: ConnectionOptions = {},
): { sender: Sender; transport: ScriptedTransport; requests: RecordedRequest[]; clock: FakeClock } {
  const clock = fakeClock();
  const transport = scriptedTransport(steps);
  const keys = options.credentials === undefined ? { accessKey, secretKey } : {};
  const settings = resolveSettings(
    { hashes: nodeHashes, transport: () => transport },
    { ...keys, defaultBucket: 'bkt', ...options },
    clock,
  );
  return { sender: new Sender(settings), transport, requests: transport.requests, clock };
}

/** One PutObject of whatever body. */
export async function put(
  sender: Sender,
  key: string,
  body: BodyInput,
  { bucket, contentLength, ...call }: Call & { bucket?: string; contentLength?: number | undefined } = {},
): Promise<void> {
  await sender.send(putObject, { bucket, key, body, contentLength }, call);
}

export const accessKey = 'AKIDEXAMPLE';
export const secretKey = 'verysecretsecretkey';

/** An S3 error document. */
export function errorXml(code: string, fields = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>Told so</Message>${fields}<RequestId>REQ1</RequestId></Error>`;
}

/** Failures that come before a byte of the request is sent. */
function beforeBody({ kind, phase }: TransportError): boolean {
  return kind === 'connect' || phase === 'connect' || phase === 'socket';
}

async function readBody(
  body: RequestBody,
  signal: AbortSignal | undefined,
): Promise<Pick<RecordedRequest, 'body' | 'opened'>> {
  if (body instanceof Uint8Array) return { body, opened: 0 };
  const chunks: Uint8Array[] = [];
  const iterator = body.open()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await abortable(iterator.next(), signal);
      if (done) break;
      chunks.push(value);
    }
  } catch (error) {
    iterator.return?.();
    throw error;
  }
  const bytes = concatenate(
    chunks,
    chunks.reduce((size, chunk) => size + chunk.length, 0),
  );
  if (bytes.length !== body.size) throw new TypeError(`the body has ${bytes.length} bytes, not ${body.size}`);
  return { body: bytes, opened: 1 };
}

function scriptedResponse(
  answer: Answer,
  signal: AbortSignal | undefined,
  finished: () => void,
): TransportResponse {
  const { status = 200, headers = {}, body = [], breaks } = answer;
  const encoder = new TextEncoder();
  const chunks = (typeof body === 'string' || body instanceof Uint8Array ? [body] : body).map((chunk) =>
    typeof chunk === 'string' ? encoder.encode(chunk) : chunk,
  );
  let done = false;
  const discard = () => {
    if (!done) finished();
    done = true;
  };
  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of chunks) {
        signal?.throwIfAborted();
        yield chunk;
      }
      if (breaks) throw breaks;
    } finally {
      discard();
    }
  }
  return {
    status,
    headers,
    discard,
    [Symbol.asyncIterator]: read,
    async bytes(limit = Number.POSITIVE_INFINITY) {
      const parts: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of read()) {
        parts.push(chunk);
        size += chunk.length;
        if (size > limit) throw new TransportError('protocol', 'the body is too long');
      }
      return concatenate(parts, size);
    },
  };
}
