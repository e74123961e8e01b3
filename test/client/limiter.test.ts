import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { limiter } from '../../src/client/limiter.ts';

/** A job that ends when it is told to. */
function manual(): { job: () => Promise<string>; begun: () => boolean; end: (error?: Error) => void } {
  let begun = false;
  let end: (error?: Error) => void = () => {};
  const settled = new Promise<string>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve('done'));
  });
  settled.catch(() => {});
  return {
    job: () => {
      begun = true;
      return settled;
    },
    begun: () => begun,
    end,
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('never more than its size at a time, in the order they came, whichever way they end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.record({ turns: fc.nat({ max: 3 }), fails: fc.boolean() }), { maxLength: 30 }),
      async (size, jobs) => {
        const { run } = limiter(size);
        const begun: number[] = [];
        let running = 0;
        const results = jobs.map(({ turns, fails }, index) =>
          run(async () => {
            begun.push(index);
            assert.ok(++running <= size);
            for (let left = turns; left > 0; left--) await turn();
            running--;
            if (fails) throw new Error(`job ${index}`);
            return index;
          }),
        );
        assert.equal(begun.length, Math.min(size, jobs.length));
        const settled = await Promise.allSettled(results);
        assert.deepEqual(
          settled.map(({ status }) => status === 'rejected'),
          jobs.map(({ fails }) => fails),
        );
        assert.deepEqual(begun, [...jobs.keys()]);
      },
    ),
    { numRuns: 50 },
  );
});

test('an aborting signal takes waiting jobs out of the line at once, and no others', async () => {
  const { run } = limiter(1);
  const first = manual();
  const controller = new AbortController();
  const dropped: number[] = [];
  const begun: number[] = [];
  const results = [run(first.job, controller.signal)];
  for (let index = 1; index <= 6; index++) {
    const signal = index % 2 === 0 ? controller.signal : undefined;
    const job = async () => String(begun.push(index));
    results.push(run(job, signal, () => dropped.push(index)));
  }
  const reason = new Error('enough');
  controller.abort(reason);
  assert.deepEqual(dropped, [2, 4, 6]);
  for (const index of [2, 4, 6]) await assert.rejects(results[index]!, reason);
  const late = run(
    async () => '',
    controller.signal,
    () => dropped.push(7),
  );
  await assert.rejects(late, reason);
  assert.deepEqual(begun, []);
  first.end();
  await Promise.all([results[0], results[1], results[3], results[5]]);
  assert.deepEqual(begun, [1, 3, 5]);
  assert.deepEqual(dropped, [2, 4, 6, 7]);
});

test('twenty thousand jobs with one signal wait without a warning', async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on('warning', warned);
  const { run } = limiter(2);
  const controller = new AbortController();
  let ended = 0;
  const job = async () => {
    if (++ended === 10_000) controller.abort();
  };
  const results = Array.from({ length: 20_000 }, () => run(job, controller.signal));
  await Promise.allSettled(results);
  await turn();
  process.off('warning', warned);
  assert.ok(ended >= 10_000 && ended <= 10_002);
  assert.deepEqual(warnings, []);
});

test('a failed job that nobody waits for is no unhandled rejection, and still rejects', async () => {
  const unhandled: unknown[] = [];
  const noted = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', noted);
  const { run, spread, close } = limiter(1);
  const fail = () => Promise.reject(new Error('failed'));
  const results = [run(fail), run(fail), run(fail, AbortSignal.abort()), spread(fail)];
  await close();
  results.push(run(fail), spread(fail));
  await turn();
  await turn();
  process.off('unhandledRejection', noted);
  assert.deepEqual(unhandled, []);
  for (const result of results) await assert.rejects(result);
});

test('what is spread holds no slot, its requests do', async () => {
  const { run, spread } = limiter(1);
  const result = spread(async (slot) => {
    const other = await run(async () => 'from outside');
    return `${other}, ${await slot(async () => 'from inside')}`;
  });
  assert.equal(await result, 'from outside, from inside');

  const first = manual();
  const second = manual();
  run(first.job);
  spread((slot) => slot(second.job));
  assert.deepEqual([first.begun(), second.begun()], [true, false]);
  first.end();
  await turn();
  assert.equal(second.begun(), true);
  second.end();
});

test('close lets everything accepted end, refuses the rest, and may be called again', async () => {
  const { run, spread, close, check } = limiter(1);
  const first = manual();
  const second = manual();
  const unused: string[] = [];
  run(first.job);
  const waiting = run(second.job);
  const spreading = spread(async (slot) => {
    await waiting;
    return slot(async () => 'its request');
  });
  check();
  let closed = false;
  const closing = close().then(() => {
    closed = true;
  });
  assert.throws(check, /^TypeError: The pool has been closed$/);
  const never = async () => assert.fail('it began');
  await assert.rejects(
    run(never, undefined, () => unused.push('dropped')),
    /^TypeError: The pool has been closed$/,
  );
  await assert.rejects(spread(never), /^TypeError: The pool has been closed$/);
  assert.deepEqual(unused, ['dropped']);
  first.end(new Error('it failed'));
  await turn();
  assert.deepEqual([second.begun(), closed], [true, false]);
  second.end();
  assert.equal(await waiting, 'done');
  assert.equal(await spreading, 'its request');
  await closing;
  await close();
});
