import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesPattern } from './reference-pattern.ts';

test('matchesPattern() matches the familiar name with or without tag', () => {
  const name = {
    repository: 'docker.io/library/alpine',
    kind: 'tag',
    value: '3.20',
  } as const;
  for (const pattern of ['alpine', 'alpine:3.20', 'alp*', '*:3.*', 'alpin[de]', '?lpine', 'alpine*']) {
    assert.equal(matchesPattern(pattern, name), true, pattern);
  }
  for (const pattern of ['alp', 'library/alpine', '*:4', 'alpine:3x20']) {
    assert.equal(matchesPattern(pattern, name), false, pattern);
  }
  assert.equal(matchesPattern('*', { ...name, repository: 'docker.io/ada/tool' }), false);
  assert.equal(matchesPattern('ada/*', { ...name, repository: 'docker.io/ada/tool' }), true);
  for (const pattern of ['[a', 'alpine[z-a]'])
    assert.throws(() => matchesPattern(pattern, name), /syntax error in pattern/);
});
