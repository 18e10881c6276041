import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goModeOf, permissionsOfGoMode, typeOfGoMode } from './go-mode.ts';

test('goModeOf() gives modes that are read back', () => {
  const cases = [
    [0o040755, 'directory'],
    [0o100644, 'file'],
    [0o104755, 'file'],
    [0o041777, 'directory'],
    [0o120777, 'symlink'],
    [0o010600, 'fifo'],
    [0o020600, 'character'],
    [0o060600, 'block'],
  ] as const;
  for (const [mode, type] of cases) {
    const goMode = goModeOf(mode);
    assert.deepEqual(
      [typeOfGoMode(goMode), permissionsOfGoMode(goMode)],
      [type, mode & 0o7777],
      mode.toString(8),
    );
  }
});
