import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { removeStubs } from './stubs.ts';

let folder = '';
const at = (path: string) => join(folder, path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharf-test-stubs-'));
  for (const path of ['below', 'upper', 'host']) mkdirSync(at(path));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function remove(...destinations: string[]): Promise<void> {
  const snapshots = {
    upperDir: () => at('upper'),
    view: async () => ({ path: at('below'), async [Symbol.asyncDispose]() {} }),
  };
  return removeStubs(
    snapshots,
    'key',
    destinations.map((destination) => ({ destination })),
  );
}

test('removeStubs() takes away what mounts were put on, and directories that are empty without it', async () => {
  mkdirSync(at('below/real'));
  symlinkSync('real', at('below/link'));
  mkdirSync(at('upper/real/a/b'), { recursive: true });
  mkdirSync(at('upper/etc'));
  writeFileSync(at('upper/etc/hosts'), '');
  mkdirSync(at('upper/kept/stub'), { recursive: true });
  writeFileSync(at('upper/kept/file'), 'x');
  await remove('/link/a/b', '/kept/stub');
  assert.deepEqual(readdirSync(at('upper')).sort(), ['kept', 'real']);
  assert.deepEqual(readdirSync(at('upper/kept')), ['file']);
  assert.deepEqual(readdirSync(at('upper/real')), []);
});

test('removeStubs() follows no link that the command has left', async () => {
  writeFileSync(at('host/empty'), '');
  symlinkSync(at('host'), at('upper/x'));
  symlinkSync(at('host'), at('upper/etc'));
  writeFileSync(at('host/hosts'), '');
  await remove('/x/empty');
  assert.ok(existsSync(at('host/empty')));
  assert.ok(existsSync(at('host/hosts')));
});
