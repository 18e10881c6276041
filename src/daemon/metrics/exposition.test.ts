import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMetrics } from './exposition.ts';

test('formatMetrics() writes families with their samples, and escapes what labels hold', () => {
  const text = formatMetrics([
    { name: 'ships', type: 'gauge', help: 'In the harbour.', samples: [{ value: 3 }] },
    {
      name: 'tides_total',
      type: 'counter',
      help: 'Since the start.',
      samples: [{ labels: { kind: 'a "b"\\\n', at: 'quay' }, value: 0.5 }],
    },
  ]);
  assert.equal(
    text,
    [
      '# HELP ships In the harbour.',
      '# TYPE ships gauge',
      'ships 3',
      '# HELP tides_total Since the start.',
      '# TYPE tides_total counter',
      'tides_total{kind="a \\"b\\"\\\\\\n",at="quay"} 0.5',
      '',
    ].join('\n'),
  );
});
