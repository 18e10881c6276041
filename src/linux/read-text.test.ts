import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTextAt } from './read-text.ts';

test('readTextAt() reads a file up to a length, and nothing of a longer one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wharf-test-text-'));
  try {
    const path = join(folder, 'hosts');
    writeFileSync(path, 'größe\n');
    assert.equal(readTextAt(path, 8), 'größe\n');
    assert.equal(readTextAt(path, 7), undefined);
    truncateSync(path, 2 ** 40);
    assert.equal(readTextAt(path, 1 << 20), undefined);
    writeFileSync(path, '');
    assert.equal(readTextAt(path, 7), '');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
