import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { test } from 'node:test';
import { goFileMode } from './go-file-mode.ts';

test("goFileMode() has the bits of Go's os.FileMode", () => {
  assert.equal(goFileMode(constants.S_IFREG | 0o644), 0o644);
  assert.equal(goFileMode(constants.S_IFDIR | 0o1777), 2 ** 31 + 2 ** 20 + 0o777);
  assert.equal(goFileMode(constants.S_IFLNK | 0o777), 2 ** 27 + 0o777);
  assert.equal(goFileMode(constants.S_IFCHR | 0o666), 2 ** 26 + 2 ** 21 + 0o666);
  assert.equal(goFileMode(constants.S_IFREG | 0o6755), 2 ** 23 + 2 ** 22 + 0o755);
});
