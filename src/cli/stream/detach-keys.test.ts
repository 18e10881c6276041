import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Detached, parseDetachKeys, watchDetachKeys } from './detach-keys.ts';

test('parseDetachKeys() reads letters and control keys', () => {
  assert.deepEqual([...parseDetachKeys('ctrl-p,ctrl-q')], [16, 17]);
  assert.deepEqual([...parseDetachKeys('a,ctrl-[,ctrl-@')], [97, 27, 0]);
  assert.throws(() => parseDetachKeys('ctrl-1'), { message: "Unknown character: 'ctrl-1'" });
});

async function pass(...chunks: string[]): Promise<{ passed: string; detached: boolean }> {
  const source = async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
  };
  let passed = '';
  try {
    for await (const part of watchDetachKeys(source(), parseDetachKeys('ctrl-p,ctrl-q'))) {
      passed += Buffer.from(part).toString('latin1');
    }
  } catch (error) {
    if (!(error instanceof Detached)) throw error;
    return { passed, detached: true };
  }
  return { passed, detached: false };
}

test('watchDetachKeys() ends at the keys, also when they come in two pieces', async () => {
  assert.deepEqual(await pass('ab', '\x10\x11', 'never'), { passed: 'ab', detached: true });
  assert.deepEqual(await pass('ab\x10', '\x11'), { passed: 'ab', detached: true });
});

test('watchDetachKeys() passes on what only began like the keys', async () => {
  assert.deepEqual(await pass('\x10', 'x', '\x10\x10\x11'), { passed: '\x10x\x10', detached: true });
  assert.deepEqual(await pass('a\x10b'), { passed: 'a\x10b', detached: false });
});
