import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { get } from '../../src/client/get.ts';
import { list } from '../../src/client/list.ts';
import type { BodyInput } from '../../src/http/body.ts';
import { TransportError } from '../../src/http/transport.ts';
import { errorXml, put, scriptedSender } from '../support/scripted-transport.ts';

const reason = new Error('enough');
const never = new Promise<never>(() => {});
const plainHttp = { endpoint: 'http://localhost:9000' };

function isReason(error: unknown): boolean {
  return error === reason;
}

/** A stream that says whether it was cancelled. */
function watched(
  pull: (controller: ReadableStreamDefaultController<Uint8Array>) => void | Promise<void> = () => never,
): {
  stream: ReadableStream<Uint8Array>;
  cancelled: () => boolean;
} {
  let ended = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull,
      cancel() {
        ended = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, cancelled: () => ended };
}

/** Waits, though not for long: what is loaded on demand takes many turns the first time. */
async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 2000; !condition() && Date.now() < end; ) await turn();
  assert.ok(condition());
}

test('a signal that has aborted: nothing is sent', async () => {
  const { sender, requests } = scriptedSender([]);
  const signal = AbortSignal.abort(reason);
  await assert.rejects(get(sender, 'k', { signal }), isReason);
  await assert.rejects(put(sender, 'k', 'body', { signal }), isReason);
  await assert.rejects(list(sender, '', { signal }).pages()[Symbol.asyncIterator]().next(), isReason);
  assert.equal(requests.length, 0);
});

test('an abort while the answer is waited for', async () => {
  const { sender, requests } = scriptedSender([{ after: never }]);
  const controller = new AbortController();
  const result = get(sender, 'k', { signal: controller.signal });
  await until(() => requests.length === 1);
  controller.abort(reason);
  await assert.rejects(result, isReason);
});

test('an abort while the body is sent ends its source', async () => {
  const live = watched(async (controller) => {
    await turn();
    controller.enqueue(Uint8Array.of(1));
  });
  for (const { stream, cancelled } of [live, watched()]) {
    const { sender, requests } = scriptedSender([{}]);
    const controller = new AbortController();
    const options = { contentLength: 2 ** 40, signal: controller.signal };
    const result = put(sender, 'k', stream, options);
    await until(() => requests.length === 1);
    controller.abort(reason);
    await assert.rejects(result, isReason);
    assert.equal(cancelled(), true);
  }
});

test('an abort in the pause before a repetition', async () => {
  const { sender, requests, clock } = scriptedSender([{ status: 503 }]);
  const controller = new AbortController();
  clock.sleep = async (_, signal) => {
    controller.abort(reason);
    signal?.throwIfAborted();
  };
  await assert.rejects(get(sender, 'k', { signal: controller.signal }), isReason);
  assert.equal(requests.length, 1);
});

test('an abort while an error is read is an abort', async () => {
  const controller = new AbortController();
  const { sender } = scriptedSender([
    () => {
      queueMicrotask(() => controller.abort(reason));
      return { status: 404, body: ['<Error>', '<Code>NoSuchKey</Code>', '</Error>'] };
    },
  ]);
  await assert.rejects(get(sender, 'k', { signal: controller.signal }), isReason);
});

test('an abort while a body without a length is gathered, or hashed, ends its source', async () => {
  for (const contentLength of [undefined, 4]) {
    const { stream, cancelled } = watched();
    const body = contentLength ? () => stream : stream;
    const { sender, requests } = scriptedSender([], plainHttp);
    const controller = new AbortController();
    const result = put(sender, 'k', body, { signal: controller.signal, contentLength });
    await until(() => stream.locked);
    controller.abort(reason);
    await assert.rejects(result, isReason);
    await until(cancelled);
    assert.equal(requests.length, 0);
  }
});

test('an abort while credentials are asked for', async () => {
  const { sender } = scriptedSender([], { credentials: () => never });
  const controller = new AbortController();
  const result = get(sender, 'k', { signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(result, isReason);
});

test('an abort after the answer ends the reading of its body', async () => {
  const { sender, transport } = scriptedSender([{ body: ['a', 'b'] }], { checksum: false });
  const controller = new AbortController();
  const response = await get(sender, 'k', { signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(response.text(), isReason);
  assert.equal(transport.held(), 0);
});

const failing: [name: string, body: () => BodyInput][] = [
  [
    'an async iterable',
    () =>
      (async function* () {
        yield Uint8Array.of(1);
        throw reason;
      })(),
  ],
  ['a ReadableStream', () => watched((controller) => controller.error(reason)).stream],
  [
    'a Readable',
    () =>
      new Readable({
        read() {
          this.destroy(reason);
        },
      }),
  ],
  ['a function', () => () => watched((controller) => controller.error(reason)).stream],
];
for (const [name, body] of failing) {
  for (const contentLength of [undefined, 10]) {
    for (const options of [undefined, plainHttp]) {
      test(`what fails in ${name} is the error (${contentLength}, ${options?.endpoint ?? 'AWS'})`, async () => {
        const { sender, requests } = scriptedSender([{}], options);
        await assert.rejects(put(sender, 'k', body(), { contentLength }), isReason);
        assert.ok(requests.length <= 1);
      });
    }
  }
}

test('a function that fails is the error', async () => {
  const { sender, requests } = scriptedSender([]);
  const fail = () => {
    throw reason;
  };
  await assert.rejects(put(sender, 'k', fail, {}), isReason);
  assert.equal(requests.length, 0);
});

/** Ways for a call to fail before its body is read. */
const unread: [name: string, call: (body: BodyInput) => Promise<unknown>][] = [
  [
    'no connection',
    (body) => {
      const { sender } = scriptedSender(Array(4).fill(new TransportError('connect', 'refused')));
      return put(sender, 'k', body, { contentLength: 4 });
    },
  ],
  [
    'refused before it was read',
    (body) => {
      const { sender } = scriptedSender([{ status: 403, body: errorXml('AccessDenied'), early: true }]);
      return put(sender, 'k', body, { contentLength: 4 });
    },
  ],
  [
    'answered before it was read',
    (body) => {
      const { sender } = scriptedSender([{ early: true }]);
      return put(sender, 'k', body, { contentLength: 4 });
    },
  ],
  ['no key', (body) => put(scriptedSender([]).sender, '', body, { contentLength: 4 })],
  ['no bucket name', (body) => put(scriptedSender([]).sender, 'k', body, { contentLength: 4, bucket: '/' })],
  [
    "a header that is not the caller's",
    (body) => put(scriptedSender([]).sender, 'k', body, { contentLength: 4, headers: { host: 'h' } }),
  ],
  ['no number of attempts', (body) => put(scriptedSender([]).sender, 'k', body, { retry: { attempts: 0 } })],
  [
    'aborted before',
    (body) => put(scriptedSender([]).sender, 'k', body, { signal: AbortSignal.abort(reason) }),
  ],
  [
    'no credentials',
    (body) => {
      const credentials = () => Promise.reject(reason);
      return put(scriptedSender([], { credentials }).sender, 'k', body, { contentLength: 4 });
    },
  ],
];
for (const [name, call] of unread) {
  test(`a source that nobody came to read is ended: ${name}`, async () => {
    const { stream, cancelled } = watched();
    await call(stream).catch(() => {});
    assert.equal(cancelled(), true);
    const readable = new Readable({ read() {} });
    await call(readable).catch(() => {});
    await until(() => readable.destroyed);
  });
}

test('a stream that a function gave and nobody came to read is ended', async () => {
  const { stream, cancelled } = watched();
  const refused = Array(4).fill(new TransportError('connect', 'refused'));
  const { sender } = scriptedSender(refused, { checksum: false, payload: 'unsigned' });
  await assert.rejects(
    put(sender, 'k', () => stream, { contentLength: 4 }),
    { code: 'NetworkError' },
  );
  assert.equal(cancelled(), true);
});

test('a source that was read to its end is not cancelled', async () => {
  const { stream, cancelled } = watched((controller) => {
    controller.enqueue(Uint8Array.of(1));
    controller.close();
  });
  const { sender } = scriptedSender([{}]);
  await put(sender, 'k', stream, { contentLength: 1 });
  assert.equal(cancelled(), false);
});

test('a stream that gives more or less than it was said to is an error', async () => {
  for (const contentLength of [3, 5]) {
    const { sender } = scriptedSender([{}]);
    await assert.rejects(put(sender, 'k', new Blob(['body']).stream(), { contentLength }), /4 bytes/);
  }
  const { sender } = scriptedSender([]);
  await assert.rejects(put(sender, 'k', 'body', { contentLength: 5 }), RangeError);
  for (const contentLength of [-1, 1.5, Number.NaN]) {
    await assert.rejects(put(sender, 'k', 'body', { contentLength }), RangeError);
  }
});
