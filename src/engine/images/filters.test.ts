import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base';
import { parseMoment } from './parse-moment.ts';
import { matchesPattern } from './reference-pattern.ts';

const now = 1_700_000_000n * 1_000_000_000n;

test('parseMoment() takes seconds, dates and durations', () => {
  assert.equal(parseMoment('1600000000.5', now), 1_600_000_000_500_000_000n);
  assert.equal(parseMoment('1970-01-02', now), 86_400_000_000_000n);
  assert.equal(parseMoment('1970-01-01T01', now), 3_600_000_000_000n);
  assert.equal(parseMoment('1970-01-01T00:00:01+00:00', now), 1_000_000_000n);
  assert.equal(parseMoment('1h30m', now), now - 5_400_000_000_000n);
  for (const text of ['', 'yesterday', '1x', '2020-13']) {
    assert.throws(() => parseMoment(text, now), /invalid filter 'until=/, text);
  }
});

test('matchesPattern() matches the familiar name with or without tag', () => {
  const name = {
    imageId: digestOf('x'),
    repository: 'docker.io/library/alpine',
    kind: 'tag',
    value: '3.20',
    taggedNs: 0n,
  } as const;
  for (const pattern of ['alpine', 'alpine:3.20', 'alp*', '*:3.*', 'alpin[de]', '?lpine', 'alpine*']) {
    assert.equal(matchesPattern(pattern, name), true, pattern);
  }
  for (const pattern of ['alp', 'library/alpine', '*:4', 'alpine:3x20']) {
    assert.equal(matchesPattern(pattern, name), false, pattern);
  }
  assert.equal(matchesPattern('*', { ...name, repository: 'docker.io/ada/tool' }), false);
  assert.equal(matchesPattern('ada/*', { ...name, repository: 'docker.io/ada/tool' }), true);
});
