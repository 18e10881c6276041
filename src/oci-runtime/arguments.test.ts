import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerOperand, parseArguments } from './arguments.ts';

const table = { bundle: 'value', detach: 'switch', env: 'list' } as const;
const parse = (...words: string[]) => parseArguments(words, table, { b: 'bundle', d: 'detach', e: 'env' });

test('parseArguments() reads flags in every form', () => {
  const { flags, operands } = parse('-b', '/x', '--detach', '--env=A=1', '-e', 'B=2', 'demo');
  assert.deepEqual(flags, { bundle: '/x', detach: true, env: ['A=1', 'B=2'] });
  assert.deepEqual(operands, ['demo']);
});

test('parseArguments() leaves everything from the first operand on to the container', () => {
  const { flags, operands } = parse('demo', 'ls', '-b', '--detach');
  assert.deepEqual(flags, { bundle: undefined, detach: false, env: [] });
  assert.deepEqual(operands, ['demo', 'ls', '-b', '--detach']);
  assert.deepEqual(parse('--', '-b').operands, ['-b']);
});

test('parseArguments() refuses unknown flags and missing values', () => {
  assert.throws(() => parse('--nope'), /flag provided but not defined: -nope/);
  assert.throws(() => parse('--bundle'), /flag needs an argument: -bundle/);
});

test('containerOperand() lets no name out of its directory', () => {
  assert.equal(containerOperand(['a.b-c_1']), 'a.b-c_1');
  for (const name of ['../x', 'a/b', '.', '', '-x']) assert.throws(() => containerOperand([name]));
  assert.throws(() => containerOperand([]), /a container id is needed/);
});
