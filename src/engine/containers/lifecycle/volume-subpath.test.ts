import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { recordOf } from '../testing/records.ts';
import { holdSubpaths } from './volume-subpath.ts';

let root: string;
before(() => {
  root = mkdtempSync(join(tmpdir(), 'wt-subpath-'));
  mkdirSync(join(root, 'in'));
  writeFileSync(join(root, 'in', 'cargo'), '');
  symlinkSync('in', join(root, 'inside'));
  symlinkSync('/etc', join(root, 'outside'));
});
after(() => rmSync(root, { recursive: true }));

function hold(Subpath: string) {
  const spec = { Type: 'volume', Source: 'hold', Target: '/m', VolumeOptions: { Subpath } };
  const { mounts } = recordOf({ HostConfig: { Mounts: [spec] } });
  return holdSubpaths({ volumes: { mountpoint: () => root } as never }, mounts);
}

const sourceOf = ({ mounts }: ReturnType<typeof hold>) => mounts[0]?.source ?? '';

test('holdSubpaths() keeps a directory, whatever a container puts in its place', () => {
  using held = hold('inside');
  renameSync(join(root, 'in'), join(root, 'moved'));
  symlinkSync('/etc', join(root, 'in'));
  assert.deepEqual(readdirSync(sourceOf(held)), ['cargo']);
  rmSync(join(root, 'in'));
  renameSync(join(root, 'moved'), join(root, 'in'));
});

test('holdSubpaths() refuses what leads out of the volume or is not there', () => {
  for (const path of ['outside', 'outside/etc']) {
    assert.throws(() => hold(path), {
      kind: 'invalid',
      message: `subpath "${path}" leads out of volume hold`,
    });
  }
  assert.throws(() => hold('nowhere'), /^EngineError: cannot access path .*: no such file or directory$/);
});

test('holdSubpaths() leaves whole volumes as they are', () => {
  using held = hold('');
  assert.ok(!sourceOf(held).startsWith('/proc/'));
});
