import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFilterTime } from './filter-time.ts';

const now = 1_700_000_000n * 1_000_000_000n;

test('parseFilterTime() takes seconds, dates and durations', () => {
  assert.equal(parseFilterTime('1600000000.5', now), 1_600_000_000_500_000_000n);
  assert.equal(parseFilterTime('1970-01-02', now), 86_400_000_000_000n);
  assert.equal(parseFilterTime('1970-01-01T01', now), 3_600_000_000_000n);
  assert.equal(parseFilterTime('1970-01-01T00:00:01+00:00', now), 1_000_000_000n);
  assert.equal(parseFilterTime('1h30m', now), now - 5_400_000_000_000n);
  for (const text of ['', 'yesterday', '1x', '2020-13']) {
    assert.throws(() => parseFilterTime(text, now), /failed to parse value as time or duration/, text);
  }
});
