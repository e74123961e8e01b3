import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parallel } from '../../src/client/parallel.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Numbers, with what became of the source. */
function numbers(count: number): {
  source: AsyncGenerator<number>;
  pulled: () => number;
  closed: () => boolean;
} {
  let pulled = 0;
  let closed = false;
  async function* source() {
    try {
      while (pulled < count) yield pulled++;
    } finally {
      closed = true;
    }
  }
  return { source: source(), pulled: () => pulled, closed: () => closed };
}

test('every input once, never more than the limit, the source never ahead of the jobs', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.nat({ max: 3 }), { maxLength: 20 }),
      async (limit, turns) => {
        const { source, pulled } = numbers(turns.length);
        const seen: number[] = [];
        let running = 0;
        let ended = 0;
        await parallel(source, limit, async (input) => {
          seen.push(input);
          assert.ok(++running <= limit);
          assert.ok(pulled() - ended <= limit);
          for (let left = turns[input]!; left > 0; left--) await turn();
          running--;
          ended++;
        });
        assert.deepEqual(seen, [...turns.keys()]);
        assert.equal(ended, turns.length);
      },
    ),
    { numRuns: 40 },
  );
});

test('the first failure of a job ends the pulling, and is thrown when the others have ended', async () => {
  const { source, pulled, closed } = numbers(100);
  const ended: number[] = [];
  const failure = new Error('the third');
  await assert.rejects(
    parallel(source, 3, async (input, signal) => {
      if (input === 2) throw failure;
      await turn();
      await turn();
      assert.equal(signal.reason, failure);
      ended.push(input);
      throw new Error('too late');
    }),
    failure,
  );
  assert.deepEqual(ended, [0, 1]);
  assert.ok(pulled() <= 4);
  assert.equal(closed(), true);
});

test('a failing source is thrown when the jobs have ended', async () => {
  const ended: number[] = [];
  async function* source() {
    yield 1;
    throw new Error('no more');
  }
  await assert.rejects(
    parallel(source(), 2, async (input) => {
      await turn();
      ended.push(input);
    }),
    /no more/,
  );
  assert.deepEqual(ended, [1]);
});

test('an aborting signal reaches the jobs, and is not kept waiting by a source that hangs', async () => {
  let returned = 0;
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]() {
      let next = 0;
      return {
        next: () => (next++ === 0 ? Promise.resolve({ done: false, value: 1 }) : new Promise(() => {})),
        return: () => {
          returned++;
          return new Promise(() => {});
        },
      };
    },
  };
  const controller = new AbortController();
  const reason = new Error('enough');
  const result = parallel(
    source,
    5,
    (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    controller.signal,
  );
  await turn();
  controller.abort(reason);
  await assert.rejects(result, reason);
  assert.equal(returned, 1);

  const untouched = numbers(5);
  await assert.rejects(
    parallel(untouched.source, 1, async () => {}, controller.signal),
    reason,
  );
  assert.equal(untouched.pulled(), 0);
});
