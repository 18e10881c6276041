import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DetachScanner, parseDetachKeys } from './detach-keys.ts';

test('parseDetachKeys() reads control keys and characters', () => {
  assert.deepEqual([...parseDetachKeys('', 'detach')], [16, 17]);
  assert.deepEqual([...parseDetachKeys('ctrl-a,x,ctrl-\\,DEL', 'detach')], [1, 120, 28, 127]);
  assert.throws(
    () => parseDetachKeys('ctrl-p,ctrl-1', 'detach'),
    /Invalid detach keys \(ctrl-p,ctrl-1\) provided/,
  );
  assert.throws(() => parseDetachKeys('a,,b', 'escape'), /Invalid escape keys \(a,,b\) provided/);
});

const scan = (scanner: DetachScanner, text: string) => {
  const { passed, detached } = scanner.scan(Buffer.from(text));
  return [Buffer.from(passed).toString(), detached];
};

test('scan() holds the beginning of the sequence back and finds it across chunks', () => {
  const scanner = new DetachScanner(parseDetachKeys('ctrl-p,ctrl-q', 'detach'));
  assert.deepEqual(scan(scanner, 'ls\n'), ['ls\n', false]);
  assert.deepEqual(scan(scanner, 'a\x10'), ['a', false]);
  assert.deepEqual(scan(scanner, '\x11b'), ['', true]);
});

test('scan() passes keys that turn out to be no sequence', () => {
  const scanner = new DetachScanner(parseDetachKeys('ctrl-p,ctrl-q', 'detach'));
  assert.deepEqual(scan(scanner, '\x10x'), ['\x10x', false]);
  assert.deepEqual(scan(scanner, '\x10\x10\x11'), ['\x10', true]);
});
