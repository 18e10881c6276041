import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFindings, isFit, runProbes } from './check.ts';
import type { Probe } from './probe.ts';

const present = (feature: string): Probe => ({ feature, lost: 'much', attempt: () => 'seen' });
const absent = (feature: string, needed?: true): Probe => ({
  feature,
  lost: 'the wind',
  ...(needed && { needed }),
  attempt() {
    throw new Error('ENOSYS');
  },
});

test('runProbes() tells what each probe found, whatever the others did', () => {
  assert.deepEqual(runProbes([absent('sail'), present('keel')]), [
    { feature: 'sail', needed: false, state: 'missing', detail: 'ENOSYS', lost: 'the wind' },
    { feature: 'keel', needed: false, state: 'ok', detail: 'seen', lost: '' },
  ]);
});

test('isFit() asks for what is needed alone', () => {
  assert.equal(isFit(runProbes([absent('sail'), present('keel')])), true);
  assert.equal(isFit(runProbes([absent('keel', true), present('sail')])), false);
});

test('B01 formatFindings() names each missing feature, why, and what is lost without it', () => {
  const text = formatFindings(runProbes([absent('sail'), present('keel')]), 'Linux 2.6');
  assert.equal(
    text,
    [
      'Linux 2.6',
      'missing  sail  ENOSYS',
      '               without it: the wind',
      'ok       keel  seen',
      'Containers can run here. Missing: sail.',
    ].join('\n'),
  );
  assert.match(
    formatFindings(runProbes([absent('keel', true)]), ''),
    /^No container can run here: keel missing\.$/m,
  );
  assert.match(formatFindings(runProbes([present('keel')]), ''), /^Everything is there\.$/m);
});
