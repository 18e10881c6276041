import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bool,
  bytes,
  duration,
  int,
  list,
  pairs,
  parseArguments,
  strings,
  text,
  UsageError,
} from './index.ts';

const table = {
  all: bool('all', 'a'),
  proxy: bool('proxy', undefined, true),
  name: text('name', { short: 'n', initial: 'x' }),
  env: list('env', { short: 'e' }),
  opt: pairs('opt', { short: 'o' }),
  many: strings('many'),
  last: int('last', { initial: -1 }),
  memory: bytes('memory', { short: 'm' }),
  wait: duration('wait'),
  time: { ...int('time'), deprecated: 'use --wait instead' },
};

function values(...argv: string[]) {
  return parseArguments(table, argv).values;
}

test('parseArguments() gives every flag its initial value', () => {
  const { all, proxy, name, env, opt, last } = values();
  assert.deepEqual(
    { all, proxy, name, env, opt, last },
    { all: false, proxy: true, name: 'x', env: [], opt: {}, last: -1 },
  );
});

test('parseArguments() reads long flags with and without =', () => {
  assert.equal(values('--name', 'y').name, 'y');
  assert.equal(values('--name=').name, '');
  assert.equal(values('--all').all, true);
  assert.equal(values('--proxy=false').proxy, false);
});

test('parseArguments() reads joined short flags, the last with its value', () => {
  assert.deepEqual([values('-an', 'y').all, values('-any').name, values('-n=y').name], [true, 'y', 'y']);
});

test('parseArguments() collects lists and pairs', () => {
  assert.deepEqual(values('-e', 'A=1', '-eB', '--env=C').env, ['A=1', 'B', 'C']);
  assert.deepEqual(values('-o', 'a=b=c', '-o', 'd').opt, { a: 'b=c', d: '' });
  assert.deepEqual(values('--many', 'a,b', '--many', 'c').many, ['a', 'b', 'c']);
});

test('parseArguments() reads sizes and times', () => {
  assert.equal(values('-m', '1.5g').memory, 1.5 * 2 ** 30);
  assert.equal(values('--wait', '1m30s').wait, 90e9);
});

test('parseArguments() takes flags between operands, and none after --', () => {
  const { operands, given } = parseArguments(table, ['a', '-a', 'b', '--', '-n']);
  assert.deepEqual([operands, [...given]], [['a', 'b', '-n'], ['all']]);
});

test('parseArguments() with flagsFirst leaves what follows the first operand alone', () => {
  const { operands, values } = parseArguments(table, ['-a', 'img', 'sh', '-n', '--all'], {
    flagsFirst: true,
  });
  assert.deepEqual([operands, values.all, values.name], [['img', 'sh', '-n', '--all'], true, 'x']);
});

test('parseArguments() tells of a deprecated flag', () => {
  assert.deepEqual(parseArguments(table, ['--time', '3']).notices, [
    'Flag --time has been deprecated, use --wait instead',
  ]);
});

const refusals: readonly [argv: string[], message: string][] = [
  [['--foo'], 'unknown flag: --foo'],
  [['-ax'], "unknown shorthand flag: 'x' in -x"],
  [['--name'], 'flag needs an argument: --name'],
  [['-an'], "flag needs an argument: 'n' in -n"],
  [['---'], 'bad flag syntax: ---'],
  [['--last', 'x'], 'invalid argument "x" for "--last" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  [
    ['--all=maybe'],
    'invalid argument "maybe" for "-a, --all" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
  ],
  [['-m', '4x'], 'invalid argument "4x" for "-m, --memory" flag: invalid suffix: \'x\''],
];

for (const [argv, message] of refusals) {
  test(`parseArguments(${argv.join(' ')}) is refused in the stock client's words`, () => {
    assert.throws(
      () => parseArguments(table, argv),
      (error) => error instanceof UsageError && error.message === message,
    );
  });
}
