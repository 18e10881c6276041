import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownCgroup } from './cgroup-hasten.ts';

const text = '4:memory:/\n3:cpu,cpuacct:/system.slice/wharf.service\n1:name=systemd:/init.scope\n0::/\n';
const hierarchy = (...controllers: string[]) => ({ mountPoint: '/sys/fs/cgroup/x', controllers });

test('ownCgroup() finds the line of the hierarchy, the root as no path', () => {
  assert.equal(ownCgroup(hierarchy('cpu', 'cpuacct'), text), '/system.slice/wharf.service');
  assert.equal(ownCgroup(hierarchy('name=systemd'), text), '/init.scope');
  assert.equal(ownCgroup(hierarchy('memory'), text), '');
});

test('ownCgroup() knows nothing of a hierarchy that the process has no line for', () => {
  assert.equal(ownCgroup(hierarchy('pids'), text), undefined);
});
