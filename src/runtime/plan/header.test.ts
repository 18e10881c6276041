import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { opsHeader } from './header.ts';

test('core/ops.h is what the table of operations says', () => {
  const path = join(import.meta.dirname, '../../../core/ops.h');
  assert.equal(readFileSync(path, 'utf8'), opsHeader());
});
