import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { orderedMap } from '../../src/server/ordered-map.ts';

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

test('orderedMap agrees with a Map that is sorted when asked', () => {
  const key = fc.oneof(
    fc.integer({ min: 0, max: 3000 }).map((n) => n.toString(36)),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ set: key, value: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ delete: key }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2000, size: 'max' }), fc.array(key), (steps, starts) => {
      const model = new Map<string, string>();
      const map = orderedMap<string>();
      for (const step of steps) {
        if ('delete' in step) {
          assert.equal(map.delete(step.delete), model.delete(step.delete));
        } else {
          map.set(step.set, `${step.set}=${step.value}`);
          model.set(step.set, `${step.set}=${step.value}`);
        }
      }
      assert.equal(map.size, model.size);
      const sorted = [...model.keys()].sort(byBytes);
      assert.deepEqual(
        [...map.values()],
        sorted.map((key) => model.get(key)),
      );
      for (const start of starts) {
        assert.equal(map.get(start), model.get(start));
        assert.equal(
          map.values(start).next().value,
          model.get(sorted.find((key) => byBytes(key, start) >= 0) ?? start),
        );
      }
    }),
    { numRuns: 12 },
  );
});

test('orderedMap keeps its order through many splits, whichever way the keys come', () => {
  const keys = Array.from({ length: 3000 }, (_, i) => String(i).padStart(5, '0'));
  const scattered = keys.map((_, i) => keys[(i * 1009) % keys.length]!);
  for (const arriving of [keys, keys.toReversed(), scattered]) {
    const map = orderedMap<string>();
    for (const key of arriving) map.set(key, key);
    assert.deepEqual([...map.values()], keys);
    for (const key of arriving.slice(1)) assert.ok(map.delete(key));
    assert.deepEqual([...map.values()], [arriving[0]]);
  }
});
