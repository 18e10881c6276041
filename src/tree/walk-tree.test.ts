import assert from 'node:assert/strict';
import { test } from 'node:test';
import { walkTree } from './walk-tree.ts';

async function names(path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const item of walkTree(path, 'top')) if (item.kind === 'entry') found.push(item.entry.name);
  return found;
}

test('walkTree() takes a directory that the kernel makes up without what is in it', async () => {
  assert.deepEqual(await names('/proc'), ['top']);
  assert.deepEqual(await names('/proc/self/net'), ['top']);
  assert.deepEqual(await names('/sys'), ['top']);
});

test('walkTree() takes a file that the kernel makes up', async () => {
  assert.deepEqual(await names('/proc/version'), ['top']);
});
