import assert from 'node:assert/strict';
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { copyTree } from './copy-tree.ts';
import { openDirectory } from './open-directory.ts';

test('copyTree() keeps holes, hard links and links', async () => {
  const folder = mkdtempSync('/var/tmp/wharf-test-copy-');
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  try {
    for (const directory of [from, to]) mkdirSync(directory);
    writeFileSync(join(from, 'sparse'), 'head');
    truncateSync(join(from, 'sparse'), 64 << 20);
    const file = openSync(join(from, 'sparse'), 'r+');
    writeSync(file, 'middle', 32 << 20);
    closeSync(file);
    linkSync(join(from, 'sparse'), join(from, 'twin'));
    symlinkSync('/nowhere', join(from, 'link'));
    using root = openDirectory(from);
    await copyTree(root, '/', to);
    const copy = statSync(join(to, 'sparse'));
    assert.deepEqual([copy.size, copy.nlink], [64 << 20, 2]);
    assert.ok(copy.blocks * 512 < 1 << 20, `${copy.blocks} blocks`);
    assert.ok(readFileSync(join(to, 'twin')).equals(readFileSync(join(from, 'twin'))));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
