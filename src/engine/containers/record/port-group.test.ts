import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drainLimitMs, portGroup } from './port-group.ts';

test('portGroup() is what the label names, and nothing by default', () => {
  assert.equal(portGroup({ Labels: { 'wharf.group': 'web' } }), 'web');
  assert.equal(portGroup({ Labels: { 'wharf.group': '' } }), undefined);
  assert.equal(portGroup({ Labels: null }), undefined);
});

test('drainLimitMs() reads whole seconds up to an hour, ten by default', () => {
  const limit = (text: string) => drainLimitMs({ Labels: { 'wharf.drain': text } });
  assert.equal(drainLimitMs({ Labels: null }), 10_000);
  assert.deepEqual(['0', '30', '3600'].map(limit), [0, 30_000, 3_600_000]);
  for (const text of ['', '-1', '1.5', '3601', 'soon', '1e3', ' 5'])
    assert.throws(() => limit(text), /^EngineError: invalid label wharf\.drain=/);
});
