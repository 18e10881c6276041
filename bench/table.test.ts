import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measurement } from './results.ts';
import { formatTable } from './table.ts';

const measured = (program: string, values: number[], more: Partial<Measurement> = {}): Measurement => ({
  name: 'run',
  unit: 'ms',
  program,
  round: 0,
  values,
  failures: 0,
  load: 0,
  ...more,
});

const cells = (table: string): string[][] => table.split('\n').map((line) => line.trimEnd().split(/ {2,}/));

test('formatTable() gives median, quartiles and the ratio to the first program', () => {
  assert.deepEqual(cells(formatTable([measured('a', [100, 200, 300]), measured('b', [50])])), [
    ['', 'a', 'b', 'b : a'],
    ['run, ms', '200 [150 250]', '50.0 [50.0 50.0]', '0.25 [0.25 0.25]'],
  ]);
});

test('formatTable() says whether Wharf reaches its target, and no one else', () => {
  const table = formatTable([
    measured('docker', [100], { target: 0.2 }),
    measured('podman', [10], { target: 0.2 }),
    measured('wharf', [30], { target: 0.2 }),
  ]);
  assert.equal(cells(table)[1]?.[4], '0.10 [0.10 0.10]');
  assert.equal(cells(table)[1]?.[5], '0.30 [0.30 0.30] not 0.2');
});

test('formatTable() shows no time and no ratio of commands that failed', () => {
  const table = formatTable([measured('a', [1]), measured('b', [2], { failures: 3 })]);
  assert.deepEqual(cells(table)[1]?.slice(2), ['3 failed', '-']);
});

test('formatTable() puts processor time behind everything else', () => {
  const table = formatTable([
    measured('a', [1]),
    measured('a', [1], { unit: 'cpu ms' }),
    measured('a', [1], { name: 'exec' }),
  ]);
  assert.deepEqual(
    cells(table).map(([name]) => name),
    ['', 'run, ms', 'exec, ms', 'run, cpu ms'],
  );
});
