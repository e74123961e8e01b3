import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { credentialSource } from '../../src/http/credential-source.ts';
import type { CredentialProvider, Credentials } from '../../src/http/credentials.ts';
import { fakeClock } from '../support/fake-clock.ts';

const minute = 60_000;
const keys = { accessKeyId: 'AKID', secretAccessKey: 'secret' };

/** A provider of keys that last `life` milliseconds, numbered in the order they are given. */
function provider(clock: { now(): number }, life: number) {
  const calls: unknown[] = [];
  let failure: Error | undefined;
  const provide: CredentialProvider = async (properties) => {
    calls.push(properties);
    await undefined;
    if (failure) throw failure;
    return { ...keys, accessKeyId: `AKID${calls.length}`, expiration: new Date(clock.now() + life) };
  };
  return { provide, calls, fail: (error?: Error) => (failure = error) };
}

test('fixed and anonymous credentials are there at once and for good', async () => {
  const fixed = credentialSource(keys, fakeClock());
  fixed.expire();
  assert.equal(fixed.current, keys);
  assert.equal(await fixed.get(), keys);
  const anonymous = credentialSource(undefined, fakeClock());
  assert.equal(anonymous.current, undefined);
  assert.equal(await anonymous.get(), undefined);
});

test('credentials without ids or with a broken expiration are refused, and no secret is told', async () => {
  const wrong: unknown[] = [
    null,
    {},
    { accessKeyId: 'AKID' },
    { ...keys, accessKeyId: '' },
    { accessKeyId: 'AKID', secretAccessKey: '' },
    { accessKeyId: 5, secretAccessKey: 'secret' },
    { ...keys, expiration: new Date('never') },
    { ...keys, expiration: '2026-01-01' },
  ];
  const refused = (error: unknown) => error instanceof TypeError && !/secret"|AKID/.test(error.message);
  for (const given of wrong) {
    if (given) assert.throws(() => credentialSource(given as Credentials, fakeClock()), refused);
    await assert.rejects(credentialSource(() => given as Credentials, fakeClock()).get(), refused);
  }
});

test('a provider is asked late, once for many, and again before its credentials end', async () => {
  const clock = fakeClock();
  const { provide, calls } = provider(clock, 60 * minute);
  const source = credentialSource(provide, clock);
  const current = () => source.current?.accessKeyId;
  assert.equal(current(), undefined);
  assert.equal(calls.length, 0);
  const all = await Promise.all([source.get(), source.get(), source.get()]);
  assert.deepEqual(
    all.map((given) => given?.accessKeyId),
    ['AKID1', 'AKID1', 'AKID1'],
  );
  assert.equal(current(), 'AKID1');

  clock.advance(54 * minute);
  assert.equal(current(), 'AKID1');
  assert.equal(calls.length, 1);
  // Within five minutes: the old ones go on while new ones are fetched.
  clock.advance(2 * minute);
  assert.equal(current(), 'AKID1');
  assert.equal(current(), 'AKID1');
  await sleep(1);
  assert.deepEqual([current(), calls.length], ['AKID2', 2]);
  // Within the last minute: nobody goes on with the old ones.
  clock.advance(59.5 * minute);
  assert.equal(current(), undefined);
  assert.equal((await source.get())?.accessKeyId, 'AKID3');
});

test('without an expiration they are kept', async () => {
  const clock = fakeClock();
  let calls = 0;
  const source = credentialSource(() => ({ ...keys, accessKeyId: `AKID${++calls}` }), clock);
  await source.get();
  clock.advance(1e12);
  assert.equal(source.current?.accessKeyId, 'AKID1');
});

test('a refresh that fails leaves the old ones until they end, and is not repeated at once', async () => {
  const clock = fakeClock();
  const { provide, calls, fail } = provider(clock, 10 * minute);
  const source = credentialSource(provide, clock);
  await source.get();
  const failure = new Error('no network');
  fail(failure);
  clock.advance(6 * minute);
  for (let i = 0; i < 3; i++) {
    assert.equal(source.current?.accessKeyId, 'AKID1');
    await sleep(1);
  }
  assert.equal(calls.length, 2);
  clock.advance(3.5 * minute);
  assert.equal((await source.get())?.accessKeyId, 'AKID1');
  assert.equal(source.current?.accessKeyId, 'AKID1');
  assert.equal(calls.length, 3);
  clock.advance(minute);
  assert.equal(source.current, undefined);
  await assert.rejects(source.get(), (error) => error === failure);
  await assert.rejects(source.get(), (error) => error === failure);
  fail();
  assert.equal((await source.get())?.accessKeyId, 'AKID6');
});

test('a provider that throws at once can be asked again', async () => {
  let calls = 0;
  const source = credentialSource(() => {
    if (++calls === 1) throw new Error('no');
    return keys;
  }, fakeClock());
  await assert.rejects(source.get(), /no/);
  assert.equal(await source.get(), keys);
});

test('expire drops what was refused and asks for fresh ones, but only once', async () => {
  const clock = fakeClock();
  const { provide, calls } = provider(clock, 60 * minute);
  const source = credentialSource(provide, clock);
  const first = await source.get();
  source.expire(first);
  assert.equal(source.current, undefined);
  const second = await source.get();
  source.expire(first);
  assert.equal(source.current, second);
  source.expire();
  assert.equal(source.current, undefined);
  assert.deepEqual(calls, [undefined, { forceRefresh: true }]);
});

test('an abort ends the wait of one caller alone', async () => {
  const clock = fakeClock();
  const { provide, calls } = provider(clock, 60 * minute);
  const source = credentialSource(provide, clock);
  const controller = new AbortController();
  const reason = new Error('enough');
  const impatient = source.get(controller.signal);
  const patient = source.get();
  controller.abort(reason);
  await assert.rejects(impatient, (error) => error === reason);
  assert.equal((await patient)?.accessKeyId, 'AKID1');
  await assert.rejects(source.get(controller.signal), (error) => error === reason);
  const other = new AbortController();
  source.expire();
  await source.get(other.signal);
  await sleep(0);
  assert.equal(getEventListeners(other.signal, 'abort').length, 0);
  assert.equal(calls.length, 2);
});

test('nobody left to hear of a failure is no unhandled rejection', async (t) => {
  const unhandled: unknown[] = [];
  const hear = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', hear);
  t.after(() => process.off('unhandledRejection', hear));
  const source = credentialSource(async () => {
    await sleep(1);
    throw new Error('no');
  }, fakeClock());
  const controller = new AbortController();
  const waiting = source.get(controller.signal);
  controller.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
  await sleep(5);
  assert.deepEqual(unhandled, []);
});
