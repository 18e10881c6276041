import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSysctls } from './sysctls.ts';

const all = (['network', 'ipc', 'uts', 'mount', 'pid'] as const).map((type) => ({ type }));

test('compileSysctls() writes what belongs to a namespace of the container', () => {
  const names = ['net.ipv4.ip_forward', 'kernel.msgmax', 'kernel.shm_rmid_forced', 'fs.mqueue.msg_max'];
  for (const name of names) assert.equal(compileSysctls({ [name]: '1' }, all).length, 1, name);
});

test('compileSysctls() refuses what belongs to the whole machine', () => {
  for (const name of [
    'kernel.panic',
    'kernel/core_pattern',
    'vm.swappiness',
    'fs.file-max',
    'kernel.msgmax/x',
  ]) {
    assert.throws(() => compileSysctls({ [name]: '1' }, all), /is not in a separate kernel namespace/, name);
  }
});

test('compileSysctls() refuses what belongs to a namespace that is shared with the host', () => {
  const text = /^EngineError: sysctl "net.core.somaxconn" not allowed in host network namespace$/;
  assert.throws(() => compileSysctls({ 'net.core.somaxconn': '1' }, [{ type: 'ipc' }]), text);
  assert.throws(() => compileSysctls({ 'kernel.sem': '1' }, [{ type: 'network' }]), /host ipc namespace/);
});
