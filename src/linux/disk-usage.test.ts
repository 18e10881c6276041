import assert from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { measureTree } from './disk-usage.ts';

test('measureTree() counts lengths and blocks, each inode once, and follows no link', async () => {
  const root = mkdtempSync(join(tmpdir(), 'wt-usage-'));
  try {
    mkdirSync(join(root, 'a/b'), { recursive: true });
    writeFileSync(join(root, 'a/one'), 'x'.repeat(5000));
    linkSync(join(root, 'a/one'), join(root, 'a/b/same'));
    writeFileSync(join(root, 'a/b/two'), 'y');
    symlinkSync('/', join(root, 'a/up'));
    const { lengthBytes, diskBytes } = await measureTree(root);
    assert.equal(lengthBytes, 5001);
    const blocks = ['a', 'a/b', 'a/one', 'a/b/two'].map((path) => statSync(join(root, path)).blocks * 512);
    assert.equal(
      diskBytes,
      blocks.reduce((sum, bytes) => sum + bytes, 0),
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('measureTree() of what is not there is nothing', async () => {
  const { lengthBytes, diskBytes } = await measureTree('/nowhere/at/all');
  assert.deepEqual([lengthBytes, diskBytes], [0, 0]);
});
