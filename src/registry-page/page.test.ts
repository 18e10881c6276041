import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSize, formatTime, shortDigest } from './formats.ts';
import { formatPlace, type Place, parsePlace, pathTo } from './place.ts';

test('a place is in its address, whatever its names hold', () => {
  const places: readonly Place[] = [
    { kind: 'projects' },
    { kind: 'project', project: 'team' },
    { kind: 'repository', repository: 'team/a/b' },
    { kind: 'manifest', repository: 'team/a', name: 'sha256:ab' },
    { kind: 'manifest', repository: 'team/a', name: '<b>#/?%' },
  ];
  for (const place of places) assert.deepEqual(parsePlace(formatPlace(place)), place);
});

test('an address that makes no sense shows the projects', () => {
  for (const hash of ['', '#', '#/', '#/project', '#/manifest/a', '#/else/x', '#/project/%']) {
    assert.deepEqual(parsePlace(hash), { kind: 'projects' }, hash);
  }
});

test('pathTo() tells the way from the top', () => {
  const names = (place: Place) => pathTo(place).map(([name]) => name);
  assert.deepEqual(names({ kind: 'projects' }), ['Registry']);
  assert.deepEqual(names({ kind: 'manifest', repository: 'team/a/b', name: '1' }), [
    ...['Registry', 'team', 'a/b', '1'],
  ]);
  assert.deepEqual(names({ kind: 'repository', repository: 'alone' }), ['Registry', 'alone', 'alone']);
});

test('sizes, times and digests are short', () => {
  assert.deepEqual([0, 999, 1000, 1234567, 5e15].map(formatSize), ['0B', '999B', '1KB', '1.23MB', '5000TB']);
  assert.equal(formatTime(0), '');
  assert.equal(formatTime(Date.UTC(2026, 0, 2, 3, 4)), '2026-01-02 03:04');
  assert.equal(shortDigest(`sha256:${'a'.repeat(64)}`), `sha256:${'a'.repeat(12)}`);
});
