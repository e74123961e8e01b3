import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get } from '../../src/client/get.ts';
import type { BodyInput } from '../../src/http/body.ts';
import { TransportError, type TransportFailure } from '../../src/http/transport.ts';
import { completeMultipartUpload } from '../../src/operations/index.ts';
import { S3Error } from '../../src/protocol/error.ts';
import { type Answer, errorXml, put, type Step, scriptedSender } from '../support/scripted-transport.ts';

const ok: Answer = { headers: { etag: '"e"' } };
const completed: Answer = {
  body: '<CompleteMultipartUploadResult><ETag>"e-1"</ETag></CompleteMultipartUploadResult>',
};

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** A stream that can be read once. */
function once(text: string): ReadableStream<Uint8Array> {
  return new Blob([text]).stream();
}

function rejected(promise: Promise<unknown>): Promise<S3Error> {
  return promise.then(
    () => assert.fail('it was fulfilled'),
    (error) => {
      assert.ok(error instanceof S3Error, String(error));
      return error;
    },
  );
}

const calls = {
  'a GET': (sender) => get(sender, 'k', {}),
  'a PUT of bytes': (sender) => put(sender, 'k', 'body', {}),
  'a PUT of a stream made anew': (sender) => put(sender, 'k', () => once('body'), { contentLength: 4 }),
  'a PUT of a stream': (sender) => put(sender, 'k', once('body'), { contentLength: 4 }),
  Complete: (sender) =>
    sender.send(completeMultipartUpload, { key: 'k', uploadId: 'u', multipartUpload: { parts: [] } }),
} satisfies Record<string, (sender: ReturnType<typeof scriptedSender>['sender']) => Promise<unknown>>;
type CallName = keyof typeof calls;

function okFor(call: CallName): Answer {
  return call === 'Complete' ? completed : ok;
}

const failures: [
  failure: TransportError,
  code: string,
  delay: number | undefined,
  repeated: readonly CallName[],
][] = (
  [
    ['connect', undefined, 'NetworkError', 25, Object.keys(calls)],
    ['timeout', 'connect', 'Timeout', 25, Object.keys(calls)],
    ['timeout', 'socket', 'Timeout', 25, []],
    ['timeout', 'firstByte', 'Timeout', 25, replayable()],
    ['timeout', 'idle', 'Timeout', 25, replayable()],
    ['interrupted', undefined, 'NetworkError', 25, replayable()],
    ['stale', undefined, 'NetworkError', undefined, replayable()],
    ['protocol', undefined, 'BadResponse', 25, []],
  ] as const
).map(([kind, phase, code, delay, repeated]) => [
  new TransportError(kind as TransportFailure, `${kind} failed`, phase && { phase }),
  code,
  delay,
  repeated as readonly CallName[],
]);

function replayable(): readonly CallName[] {
  return ['a GET', 'a PUT of bytes', 'a PUT of a stream made anew'];
}

for (const [failure, code, delay, repeated] of failures) {
  for (const name of Object.keys(calls) as CallName[]) {
    const again = repeated.includes(name);
    test(`${failure.kind} ${failure.phase ?? ''}: ${name} is ${again ? '' : 'not '}repeated`, async () => {
      const { sender, requests, clock } = scriptedSender([failure, okFor(name)]);
      if (again) {
        await calls[name](sender);
        assert.equal(requests.length, 2);
        assert.deepEqual(clock.sleeps, delay === undefined ? [] : [delay]);
        if (name.startsWith('a PUT')) assert.deepEqual(requests[1]?.body, bytes('body'));
      } else {
        const error = await rejected(calls[name](sender));
        assert.equal(requests.length, 1);
        assert.deepEqual(clock.sleeps, []);
        assert.equal(error.code, code);
        assert.equal(error.cause, failure);
        assert.equal(error.attempts, 1);
        assert.equal(error.status, undefined);
        assert.equal(error.retryable, failure.kind !== 'protocol' && failure.phase !== 'socket');
      }
    });
  }
}

/** Answers by status and code: what S3Error is made of them, and the delay before the first repetition, if there is one. */
const answers: [answer: Answer, code: string, delay?: number][] = [
  [{ status: 500 }, 'InternalError', 25],
  [{ status: 502, body: '<html>Bad gateway</html>' }, 'Http502', 25],
  [{ status: 503 }, 'ServiceUnavailable', 25],
  [{ status: 504 }, 'Http504', 25],
  [{ status: 408 }, 'Http408', 25],
  [{ status: 429 }, 'TooManyRequests', 250],
  [{ status: 503, body: errorXml('SlowDown') }, 'SlowDown', 250],
  [{ status: 500, body: errorXml('InternalError') }, 'InternalError', 25],
  [{ status: 400, body: errorXml('RequestTimeout') }, 'RequestTimeout', 25],
  [{ status: 503, body: errorXml('ServerBusy') }, 'ServerBusy', 250],
  [{ status: 501 }, 'NotImplemented'],
  [{ status: 501, body: errorXml('NotImplemented') }, 'NotImplemented'],
  [{ status: 400, body: errorXml('InvalidArgument') }, 'InvalidArgument'],
  [{ status: 401 }, 'Unauthorized'],
  [{ status: 403, body: errorXml('AccessDenied') }, 'AccessDenied'],
  [{ status: 404, body: errorXml('NoSuchKey') }, 'NoSuchKey'],
  [{ status: 404, body: '{"error":"none"}' }, 'NotFound'],
  [{ status: 405 }, 'MethodNotAllowed'],
  [{ status: 409, body: errorXml('OperationAborted') }, 'OperationAborted'],
  [{ status: 412 }, 'PreconditionFailed'],
  [{ status: 416 }, 'InvalidRange'],
  [{ status: 418 }, 'Http418'],
];

for (const [answer, code, delay] of answers) {
  test(`${answer.status} ${code} is ${delay ? 'repeated' : 'final'}`, async () => {
    const { sender, requests, clock, transport } = scriptedSender([answer, ok]);
    const result = put(sender, 'k', 'body', {});
    if (delay !== undefined) {
      await result;
      assert.equal(requests.length, 2);
      assert.deepEqual(clock.sleeps, [delay]);
      assert.notEqual(requests[0]?.headers['x-amz-date'], undefined);
    } else {
      const error = await rejected(result);
      assert.equal(error.code, code);
      assert.equal(error.status, answer.status);
      assert.equal(error.retryable, false);
      assert.equal(requests.length, 1);
      assert.deepEqual(clock.sleeps, []);
    }
    assert.equal(transport.held(), 0);
  });
}

test('an error says what was asked, how often, and what the server called it', async () => {
  const { sender } = scriptedSender(
    Array.from({ length: 4 }, () => ({
      status: 500,
      body: errorXml('InternalError', '<Resource>/k</Resource>'),
      headers: { 'x-amz-id-2': 'HOST' },
    })),
  );
  const error = await rejected(get(sender, 'a/b', { bucket: 'other' }));
  assert.deepEqual(
    [
      error.operation,
      error.bucket,
      error.key,
      error.attempts,
      error.requestId,
      error.hostId,
      error.retryable,
    ],
    ['GetObject', 'other', 'a/b', 4, 'REQ1', 'HOST', true],
  );
  assert.deepEqual({ ...error.details }, { Resource: '/k' });
  assert.match(
    error.message,
    /InternalError: Told so\. \(GetObject other\/a\/b, 500, 4 attempts, request REQ1\)/,
  );
});

test('delays double, within what chance gives, and are bounded by 20 seconds', async () => {
  for (const chance of [0, 0.25, 0.999]) {
    const { sender, clock } = scriptedSender(Array(12).fill({ status: 503 }), { retry: { attempts: 12 } });
    clock.chance = chance;
    await rejected(get(sender, 'k', {}));
    const most = Array.from({ length: 11 }, (_, i) => Math.min(50 * 2 ** i, 20_000) * chance);
    assert.deepEqual(clock.sleeps, chance === 0 ? [] : most);
  }
});

const hints: [headers: Record<string, string>, delay: number][] = [
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': 'Fri, 02 Jan 2026 03:04:08 GMT' }, 3000],
  [{ 'x-amz-retry-after': '700' }, 700],
  [{ 'retry-after': '3600' }, 5025],
  [{ 'retry-after': 'soon' }, 25],
  [{ 'retry-after': '0' }, 25],
];
for (const [headers, delay] of hints) {
  test(`${JSON.stringify(headers)} makes a pause of ${delay} ms`, async () => {
    const { sender, clock } = scriptedSender([{ status: 503, headers }, ok]);
    await get(sender, 'k', {});
    assert.deepEqual(clock.sleeps, [delay]);
  });
}

test("the number of attempts: 4 by default, the connection's, the call's", async () => {
  for (const [connection, call, sent] of [
    [undefined, undefined, 4],
    [2, undefined, 2],
    [2, 6, 6],
    [undefined, 1, 1],
  ] as const) {
    const { sender, requests } = scriptedSender(Array(10).fill({ status: 500 }), {
      retry: connection && { attempts: connection },
    });
    const error = await rejected(get(sender, 'k', { retry: call && { attempts: call } }));
    assert.equal(requests.length, sent);
    assert.equal(error.attempts, sent);
  }
});

test('attempts that are no number of attempts are refused before anything is sent', async () => {
  const { sender, requests } = scriptedSender([]);
  for (const attempts of [0, -1, 1.5, Number.NaN]) {
    await assert.rejects(get(sender, 'k', { retry: { attempts } }), RangeError);
  }
  assert.equal(requests.length, 0);
});

test('all calls share one budget, which successes fill again', async () => {
  const failing: Step[] = [{ status: 500 }, { status: 500 }];
  const { sender, requests } = scriptedSender(
    [...failing, ...failing, { status: 500 }, ok, { status: 500 }],
    {
      retry: { attempts: 2, budget: 28 },
    },
  );
  await rejected(get(sender, 'k', {})); // 28 - 14
  await rejected(get(sender, 'k', {})); // 14 - 14
  assert.equal(requests.length, 4);
  await rejected(get(sender, 'k', {})); // nothing left
  assert.equal(requests.length, 5);
  await get(sender, 'k', {}); // at once: gives back 1, not the 14 a repetition costs
  await rejected(get(sender, 'k', {}));
  assert.equal(requests.length, 7);
});

test('a repetition that succeeds gives back what it cost', async () => {
  const { sender, requests } = scriptedSender(
    [{ status: 500 }, ok, { status: 500 }, ok, { status: 500 }, ok],
    {
      retry: { budget: 14 },
    },
  );
  for (let i = 0; i < 3; i++) await get(sender, 'k', {});
  assert.equal(requests.length, 6);
});

test('a repetition after throttling costs less', async () => {
  const { sender, requests } = scriptedSender([{ status: 429 }, { status: 429 }, { status: 429 }], {
    retry: { budget: 10 },
  });
  await rejected(get(sender, 'k', {}));
  assert.equal(requests.length, 3);
});

test('every attempt is signed anew, with the same body', async () => {
  const { sender, requests } = scriptedSender([{ status: 503, headers: { 'retry-after': '4' } }, ok]);
  await put(sender, 'k', 'body', {});
  const [first, second] = requests;
  assert.equal(first?.headers['x-amz-date'], '20260102T030405Z');
  assert.equal(second?.headers['x-amz-date'], '20260102T030409Z');
  assert.notEqual(first?.headers['authorization'], second?.headers['authorization']);
  assert.deepEqual(second?.body, bytes('body'));
});

const once503: Answer = { status: 503 };
const bodies: [name: string, body: () => BodyInput, contentLength: number | undefined][] = [
  ['a string', () => 'body', undefined],
  ['bytes', () => bytes('body'), undefined],
  ['a Blob', () => new Blob(['body']), undefined],
  ['a function that gives a stream', () => () => once('body'), 4],
  ['a stream without a length, which is held in memory', () => once('body'), undefined],
];
for (const [name, body, contentLength] of bodies) {
  test(`sent again: ${name}`, async () => {
    const { sender, requests } = scriptedSender([once503, ok]);
    await put(sender, 'k', body(), { contentLength });
    assert.deepEqual(
      requests.map((request) => request.body),
      [bytes('body'), bytes('body')],
    );
  });
}

test('a stream that was begun is not sent again', async () => {
  const { sender, requests } = scriptedSender([once503, ok]);
  const error = await rejected(put(sender, 'k', once('body'), { contentLength: 4 }));
  assert.equal(error.code, 'ServiceUnavailable');
  assert.equal(requests.length, 1);
});

test('a stream that nobody began to read is sent again', async () => {
  const { sender, requests } = scriptedSender([{ ...once503, early: true }, ok]);
  await put(sender, 'k', once('body'), { contentLength: 4 });
  assert.deepEqual(
    requests.map(({ opened }) => opened),
    [0, 1],
  );
});

test('CompleteMultipartUpload is repeated after an answer that says no, not after a lost one', async () => {
  const input = { key: 'k', uploadId: 'u', multipartUpload: { parts: [] } };
  for (const status of [500, 200]) {
    const { sender, requests } = scriptedSender([{ status, body: errorXml('InternalError') }, completed]);
    await sender.send(completeMultipartUpload, input);
    assert.equal(requests.length, 2);
  }

  for (const [lost, code] of [
    [{ breaks: new TransportError('interrupted', 'gone') }, 'NetworkError'],
    [{ body: ' ' }, 'BadResponse'],
    [{ body: '<CompleteMultipartUploadResult><ETag>' }, 'BadResponse'],
  ] as const) {
    const { sender, requests } = scriptedSender([lost, completed]);
    assert.equal((await rejected(sender.send(completeMultipartUpload, input))).code, code);
    assert.equal(requests.length, 1);
  }
});
