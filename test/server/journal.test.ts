import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Journal, openJournal } from '../../src/server/journal.ts';

const scratch = await mkdtemp(join(tmpdir(), 'minis3-journal-'));
after(() => rm(scratch, { recursive: true }));

interface Setting {
  readonly key: string;
  readonly value: string | number;
}

/** A journal of settings, and the state it tells. */
function open(name: string, slack?: number): { journal: Journal<Setting>; state: Map<string, unknown> } {
  const state = new Map<string, string | number>();
  const path = join(scratch, name);
  const journal = openJournal<Setting>({
    path,
    scratch: `${path}.new`,
    replay: ({ key, value }) => state.set(key, value),
    snapshot: () => Array.from(state, ([key, value]) => ({ key, value })),
    slack,
  });
  const append = (change: Setting) => {
    const lasting = journal.append(change);
    state.set(change.key, change.value);
    return lasting;
  };
  return { state, journal: { append, close: journal.close } };
}

const lines = async (name: string) => (await readFile(join(scratch, name), 'utf8')).split('\n').length - 1;

test('journal: void lines go while it is written to, and waiters of the old file are answered', async () => {
  const { journal, state } = open('run', 10);
  const waiting = [];
  for (let i = 0; i < 200; i++) {
    waiting.push(journal.append({ key: `k${i % 7}`, value: i }));
    assert.ok((await lines('run')) <= 2 * 8 + 10 + 1);
  }
  await Promise.all(waiting);
  await journal.close();
  const again = open('run');
  assert.deepEqual(again.state, state);
  await again.journal.close();
});

test('journal: void lines go when it is opened', async () => {
  const { journal, state } = open('start');
  for (let i = 0; i < 100; i++) void journal.append({ key: 'k', value: i });
  await journal.close();
  assert.equal(await lines('start'), 101);
  await open('start', 10).journal.close();
  assert.equal(await lines('start'), 2);
  const again = open('start');
  assert.deepEqual(again.state, state);
  await again.journal.close();
});

test('journal: lines longer than what is read at once, and text of any kind', async () => {
  const { journal, state } = open('long');
  for (const value of ['é'.repeat(700_000), '\u{1f600}\n\0"\u2028', 'x'.repeat(2_500_000), '', 'end']) {
    await journal.append({ key: value.slice(0, 10), value });
  }
  await journal.close();
  const again = open('long');
  assert.deepEqual(again.state, state);
  await again.journal.close();
});
