import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePruneFilter } from './prune-filter.ts';
import { nowNs } from './time.ts';

const known = ['until', 'label', 'label!'];
const secondNs = 1_000_000_000n;

test('compilePruneFilter() passes what is old enough and has the labels', () => {
  const passes = compilePruneFilter({ until: ['1h'], label: ['a', 'b=2'], 'label!': ['keep'] }, known);
  const old = nowNs() - 7200n * secondNs;
  assert.equal(passes({ createdNs: old, labels: { a: '1', b: '2' } }), true);
  assert.equal(passes({ createdNs: nowNs(), labels: { a: '1', b: '2' } }), false);
  assert.equal(passes({ createdNs: old, labels: { a: '1', b: '3' } }), false);
  assert.equal(passes({ createdNs: old, labels: { a: '1', b: '2', keep: '' } }), false);
});

test('compilePruneFilter() without a filter passes everything', () => {
  assert.equal(compilePruneFilter({}, known)({ createdNs: nowNs(), labels: {} }), true);
});

test('compilePruneFilter() spares what is labelled to be kept', () => {
  const passes = compilePruneFilter({ label: ['wharf.keep'] }, known);
  assert.equal(passes({ createdNs: 0n, labels: { 'wharf.keep': 'true' } }), false);
  assert.equal(passes({ createdNs: 0n, labels: { 'wharf.keep': 'false' } }), true);
});

test('compilePruneFilter() refuses unknown keys and several moments', () => {
  assert.throws(() => compilePruneFilter({ colour: ['red'] }, known), /^.*invalid filter 'colour'$/);
  assert.throws(
    () => compilePruneFilter({ until: ['1h', '2h'] }, known),
    /more than one until filter specified/,
  );
  assert.throws(
    () => compilePruneFilter({ until: ['soon'] }, known),
    /failed to parse value as time or duration: "soon"/,
  );
});
