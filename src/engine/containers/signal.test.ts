import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSignal } from './signal.ts';

test('parseSignal() reads names with and without SIG, real-time signals and numbers', () => {
  const texts = ['KILL', 'SIGTERM', 'sigusr1', '9', 'RTMIN', 'SIGRTMIN+3', 'RTMAX-1', 'CLD'];
  assert.deepEqual(texts.map(parseSignal), [9, 15, 10, 9, 34, 37, 63, 17]);
});

test('parseSignal() refuses what is no signal, in Docker’s words', () => {
  for (const text of ['', '0', 'SIGNOPE', 'RTMIN+40', '1.5', 'KILL ']) {
    assert.throws(() => parseSignal(text), { message: `invalid signal: ${text}` });
  }
  for (const text of ['65', '-9', '99999']) {
    assert.throws(() => parseSignal(text), { message: `the linux daemon does not support signal ${text}` });
  }
});
