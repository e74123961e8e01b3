import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { allCompleted, asCompleted } from '../../src/client/completed.ts';

const never = new Promise<string>(() => {});
const isTimeout = (message: string) => (error: unknown) => {
  assert.ok(error instanceof DOMException);
  assert.equal(error.name, 'TimeoutError');
  assert.equal(error.message, message);
  return true;
};

test('asCompleted gives each as it settles, and a failure hides none of the others', async () => {
  const settle: ((value: string) => void)[] = [];
  const futures = [0, 1, 2].map((index) => new Promise<string>((resolve) => (settle[index] = resolve)));
  futures.push(Promise.reject(new Error('failed')), Promise.resolve('at once'));
  const seen: [number, string][] = [];
  for await (const future of asCompleted(futures)) {
    assert.equal(future.promise, futures[future.index]);
    try {
      seen.push([future.index, future.result()]);
    } catch (error) {
      seen.push([future.index, `${error}`]);
    }
    const next = [2, 0, 1][seen.length - 2];
    if (next !== undefined) settle[next]!(`number ${next}`);
  }
  assert.deepEqual(seen, [
    [3, 'Error: failed'],
    [4, 'at once'],
    [2, 'number 2'],
    [0, 'number 0'],
    [1, 'number 1'],
  ]);
  for await (const _ of asCompleted([])) assert.fail('there is none');
});

test('asCompleted keeps the order in which they settled before it was asked', async () => {
  let late: (value: string) => void = () => {};
  const futures = asCompleted([new Promise<string>((resolve) => (late = resolve)), sleep(1, 'early')]);
  await sleep(5);
  late('late');
  await sleep(1);
  const seen: string[] = [];
  for await (const future of futures) seen.push(future.result());
  assert.deepEqual(seen, ['early', 'late']);
});

test('asCompleted gives up after its timeout, counted from the first next, and says how many are left', async () => {
  const futures = asCompleted([never, Promise.resolve('a'), never], { timeout: 20 });
  await sleep(30);
  const { value } = await futures.next();
  assert.equal(value?.result(), 'a');
  await assert.rejects(futures.next(), isTimeout('2 (of 3) futures unfinished'));
  assert.deepEqual(await futures.next(), { done: true, value: undefined });
});

test('a timeout of 0 gives what has settled', async () => {
  const futures = asCompleted([Promise.resolve('a'), never], { timeout: 0 });
  assert.equal((await futures.next()).value?.result(), 'a');
  await assert.rejects(futures.next(), isTimeout('1 (of 2) futures unfinished'));
  assert.deepEqual(await allCompleted([Promise.resolve('a'), 'b'], { timeout: 0 }), ['a', 'b']);
});

test('allCompleted gives all in the order they were given', async () => {
  const futures = [sleep(5, 'slow'), Promise.resolve('fast')];
  assert.deepEqual(await allCompleted(new Set(futures), { timeout: 1000 }), ['slow', 'fast']);
  assert.deepEqual(await allCompleted([]), []);
});

test('allCompleted throws the first failure in the order given, after the timeout an error that says so', async () => {
  const fast = Promise.reject(new Error('second'));
  const slow = sleep(5).then(() => Promise.reject(new Error('first')));
  await assert.rejects(allCompleted([Promise.resolve(1), slow, fast]), /first/);
  await assert.rejects(allCompleted([fast, never]), /second/);
  await assert.rejects(
    allCompleted([sleep(1, 'done'), never, fast, never], { timeout: 10 }),
    isTimeout('2 (of 4) futures unfinished'),
  );
});

test('a timeout that is none is refused', async () => {
  for (const timeout of [-1, Number.NaN, 2 ** 31]) {
    assert.throws(() => asCompleted([], { timeout }), RangeError);
    await assert.rejects(allCompleted([], { timeout }), RangeError);
  }
});
