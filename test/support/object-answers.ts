import { TransportError } from '../../src/http/transport.ts';
import { parseRange } from '../../src/protocol/range.ts';
import type { Answer, RecordedRequest, Step } from './scripted-transport.ts';

/** What is done to the answer that a request should have; `number` is that of the request, from 0. */
export type Change = (answer: Answer, request: RecordedRequest, number: number) => Answer | TransportError;

export const etag = '"v1"';

/** Answers to any number of GETs and HEADs of one object, as S3 gives them but for what `change` does to them. */
export function objectAnswers(
  content: Uint8Array,
  change: Change = (answer) => answer,
  headers: Readonly<Record<string, string>> = {},
): Step[] {
  let number = 0;
  const step: Step = (request) => change(answerTo(request, content, headers), request, number++);
  return Array(1000).fill(step);
}

/** The same answer, breaking off after so many bytes. */
export function broken(
  answer: Answer,
  after: number,
  error = new TransportError('interrupted', 'gone'),
): Answer {
  const body = (answer.body as readonly Uint8Array[]).flatMap((chunk) => [...chunk]);
  return { ...answer, body: chunksOf(Uint8Array.from(body.slice(0, after))), breaks: error };
}

/** The same answer with other headers; undefined ones are gone. */
export function withHeaders(answer: Answer, headers: Readonly<Record<string, string | undefined>>): Answer {
  const entries = Object.entries({ ...answer.headers, ...headers }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...answer, headers: Object.fromEntries(entries) as Record<string, string> };
}

function answerTo(
  request: RecordedRequest,
  content: Uint8Array,
  more: Readonly<Record<string, string>>,
): Answer {
  const { method, headers } = request;
  const range = headers['range'] && parseRange(headers['range'], content.length);
  const common = { etag, ...more };
  if (headers['if-match'] && headers['if-match'] !== common.etag) return { status: 412 };
  if (range === 'unsatisfiable') return { status: 416 };
  const ranged = typeof range === 'object';
  const { first, last } = ranged ? range : { first: 0, last: content.length - 1 };
  return {
    status: ranged ? 206 : 200,
    headers: {
      ...common,
      'content-length': String(last - first + 1),
      ...(ranged && { 'content-range': `bytes ${first}-${last}/${content.length}` }),
    },
    body: method === 'HEAD' ? [] : chunksOf(content.subarray(first, last + 1)),
  };
}

function chunksOf(bytes: Uint8Array): Uint8Array[] {
  const size = Math.max(7, Math.ceil(bytes.length / 50));
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}
