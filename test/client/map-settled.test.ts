import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mapSettled } from '../../src/client/map-settled.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The numbers from 0, with what became of them. */
function numbers(count: number) {
  const seen = { pulled: 0, closed: false };
  function* source() {
    try {
      while (seen.pulled < count) yield seen.pulled++;
    } finally {
      seen.closed = true;
    }
  }
  return Object.assign(seen, { source: source() });
}

test('each input with what became of it, as it ends; a failed one hides nothing', async () => {
  async function* delays() {
    yield* [30, 1, 15];
  }
  const results = mapSettled(delays(), 3, async (delay) => {
    await sleep(delay);
    if (delay === 1) throw new Error('failed');
    return `after ${delay}`;
  });
  const seen: [number, number, string][] = [];
  for await (const { index, input, result } of results) {
    try {
      seen.push([index, input, result()]);
    } catch (error) {
      seen.push([index, input, `${error}`]);
    }
  }
  assert.deepEqual(seen, [
    [1, 1, 'Error: failed'],
    [2, 15, 'after 15'],
    [0, 30, 'after 30'],
  ]);
});

test('a job may fail before its first await, or give what is no promise', async () => {
  const results = mapSettled([1, 2], 2, (input) => {
    if (input === 1) throw new Error('at once');
    return input;
  });
  const [first, second] = [(await results.next()).value!, (await results.next()).value!];
  assert.throws(first.result, /at once/);
  assert.equal(second.result(), 2);
  assert.equal((await results.next()).done, true);
});

test('a hundred thousand inputs, of which few are on their way at any time', async () => {
  const limit = 8;
  const { source } = numbers(100_000);
  let pulled = 0;
  let running = 0;
  let taken = 0;
  let most = 0;
  function* counted() {
    for (const input of source) {
      most = Math.max(most, ++pulled - taken);
      yield input;
    }
  }
  let sum = 0;
  for await (const { result } of mapSettled(counted(), limit, async (input) => {
    assert.ok(++running <= limit);
    if (input % 1000 === 0) await turn();
    running--;
    return input;
  })) {
    taken++;
    sum += result();
  }
  assert.equal(sum, (100_000 * 99_999) / 2);
  // Running ones, results that wait, and the one in between.
  assert.ok(most <= 2 * limit + 1, `${most}`);
});

test('nothing is pulled before it is asked for, nor while nobody takes results', async () => {
  const inputs = numbers(1000);
  let begun = 0;
  const results = mapSettled(inputs.source, 3, async () => begun++);
  await turn();
  assert.equal(inputs.pulled, 0);
  await results.next();
  await turn();
  await turn();
  assert.ok(begun >= 4 && begun <= 7, `${begun}`);
  const before = begun;
  await turn();
  assert.equal(begun, before);
  await results.next();
  await turn();
  assert.equal(begun, before + 1);
  await results.return();
  assert.equal(inputs.closed, true);
  assert.ok(inputs.pulled <= before + 2);
});

test('leaving early closes the source, waits for the running jobs, and begins no other', async () => {
  const inputs = numbers(1000);
  const ended: number[] = [];
  for await (const { input } of mapSettled(inputs.source, 3, async (input) => {
    if (input > 0) await sleep(5 * input);
    ended.push(input);
  })) {
    assert.equal(input, 0);
    await turn();
    assert.deepEqual(ended, [0]);
    break;
  }
  assert.equal(inputs.closed, true);
  assert.deepEqual(
    ended.sort(),
    Array.from({ length: inputs.pulled }, (_, index) => index),
  );
  assert.ok(inputs.pulled <= 4);
});

test('leaving early does not wait for a source that hangs', async () => {
  let returned = false;
  const source: AsyncIterable<string> = {
    [Symbol.asyncIterator]() {
      let first = true;
      return {
        next() {
          if (!first) return new Promise(() => {});
          first = false;
          return Promise.resolve({ done: false, value: 'one' });
        },
        async return() {
          returned = true;
          return { done: true, value: undefined };
        },
      };
    },
  };
  for await (const { input } of mapSettled(source, 5, async () => {})) {
    assert.equal(input, 'one');
    break;
  }
  assert.equal(returned, true);
});

test('a failing source, and a failing check, are thrown after the results of what had begun', async () => {
  function* source() {
    yield 1;
    yield 2;
    throw new Error('no more');
  }
  const taken: number[] = [];
  const take = async (results: AsyncIterable<{ input: number }>) => {
    for await (const { input } of results) taken.push(input);
  };
  await assert.rejects(take(mapSettled(source(), 2, async () => turn())), /no more/);
  assert.deepEqual(taken.splice(0), [1, 2]);

  let checks = 0;
  const { source: many } = numbers(100);
  const check = () => {
    if (++checks > 3) throw new Error('closed');
  };
  await assert.rejects(take(mapSettled(many, 2, async () => turn(), undefined, check)), /closed/);
  assert.deepEqual(taken, [0, 1, 2]);
});

test('an aborting signal ends the pulling; its reason is thrown when the running jobs have ended', async () => {
  const inputs = numbers(1000);
  const controller = new AbortController();
  const reason = new Error('enough');
  let running = 0;
  const results = mapSettled(
    inputs.source,
    3,
    async (input) => {
      running++;
      await sleep(input === 0 ? 1 : 10);
      running--;
    },
    controller.signal,
  );
  await results.next();
  controller.abort(reason);
  await assert.rejects(async () => {
    for await (const { input } of results) assert.ok(input < 4);
  }, reason);
  assert.equal(running, 0);
  assert.equal(inputs.closed, true);
  assert.ok(inputs.pulled <= 4);
  await assert.rejects(mapSettled([1], 1, async () => assert.fail(), controller.signal).next(), reason);
});
