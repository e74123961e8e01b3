import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fifo, type InLine } from '../../src/node/fifo.ts';

interface One extends InLine<One> {
  readonly name: number;
}

const one = (name: number): One => ({ name, before: undefined, after: undefined });

test('as an array would do it, whoever comes and goes', () => {
  const step = fc.oneof(
    fc.constant({ do: 'add' as const }),
    fc.constant({ do: 'take' as const }),
    fc.record({ do: fc.constant('remove' as const), which: fc.nat(20) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const line = fifo<One>();
      const all: One[] = [];
      const model: One[] = [];
      for (const each of steps) {
        if (each.do === 'add') {
          const added = one(all.length);
          all.push(added);
          model.push(added);
          line.add(added);
        } else if (each.do === 'take') {
          assert.equal(line.take(), model.shift());
        } else {
          // One that has left already, too.
          const removed = all[each.which];
          if (!removed) continue;
          line.remove(removed);
          if (model.includes(removed)) model.splice(model.indexOf(removed), 1);
        }
        assert.equal(line.length, model.length);
      }
      for (const expected of model) assert.equal(line.take(), expected);
      assert.equal(line.take(), undefined);
    }),
  );
});

test('who has left holds nobody', () => {
  const line = fifo<One>();
  const [a, b, c] = [one(1), one(2), one(3)];
  for (const each of [a, b, c]) line.add(each);
  line.remove(b);
  assert.deepEqual([b.before, b.after], [undefined, undefined]);
  assert.equal(line.take(), a);
  assert.deepEqual([a.before, a.after], [undefined, undefined]);
});
