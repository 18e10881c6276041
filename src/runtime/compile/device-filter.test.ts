import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceRule } from '#oci';
import { compileDeviceFilter } from './device-filter.ts';
import { type DeviceAccess, runDeviceFilter } from './testing/ebpf.ts';

const denyAll: DeviceRule = { allow: false, access: 'rwm' };

function allows(rules: readonly DeviceRule[], access: DeviceAccess): boolean {
  const program = compileDeviceFilter(rules);
  return program === undefined || runDeviceFilter(program, access);
}

const fuse = (access: string): DeviceAccess => ({ type: 'c', major: 10, minor: 229, access });

test('compileDeviceFilter() makes no program where everything is allowed', () => {
  assert.equal(compileDeviceFilter([]), undefined);
  assert.equal(compileDeviceFilter([denyAll, { allow: true, access: 'rwm' }]), undefined);
});

test('compileDeviceFilter() leaves the usual devices and the making of nodes after all is denied', () => {
  assert.ok(allows([denyAll], { type: 'c', major: 1, minor: 3, access: 'rw' }));
  assert.ok(allows([denyAll], { type: 'c', major: 136, minor: 7, access: 'rw' }));
  assert.ok(allows([denyAll], { type: 'b', major: 8, minor: 0, access: 'm' }));
  assert.ok(!allows([denyAll], { type: 'b', major: 8, minor: 0, access: 'r' }));
  assert.ok(!allows([denyAll], fuse('r')));
});

test('compileDeviceFilter() allows an access only when one rule names all of it', () => {
  const rules: DeviceRule[] = [denyAll, { allow: true, type: 'c', major: 10, minor: 229, access: 'r' }];
  assert.ok(allows(rules, fuse('r')));
  assert.ok(!allows(rules, fuse('rw')));
  assert.ok(!allows(rules, { ...fuse('r'), type: 'b' }));
  assert.ok(!allows(rules, { ...fuse('r'), minor: 228 }));
});

test('compileDeviceFilter() denies an access when a rule denies any of it', () => {
  const rules: DeviceRule[] = [{ allow: false, type: 'c', major: 10, access: 'w' }];
  assert.ok(allows(rules, fuse('r')));
  assert.ok(!allows(rules, fuse('rw')));
  assert.ok(allows(rules, { ...fuse('w'), major: 11 }));
});

test('compileDeviceFilter() joins what rules allow of the same devices, as cgroup v1 does', () => {
  const rule = (access: string, minor?: number): DeviceRule => ({
    ...{ allow: true, type: 'c', major: 10, access },
    ...(minor !== undefined && { minor }),
  });
  assert.ok(allows([denyAll, rule('r', 229), rule('w', 229)], fuse('rw')));
  assert.ok(!allows([denyAll, rule('r', 229), rule('w', 228)], fuse('rw')));
  const denied: DeviceRule = { ...rule('r'), allow: false };
  assert.ok(!allows([denyAll, rule('r', 229), denied, rule('w', 229)], fuse('r')));
});

test('compileDeviceFilter() opens every minor number of a rule without one', () => {
  const rules: DeviceRule[] = [denyAll, { allow: true, type: 'c', major: 10, access: 'rmw' }];
  assert.ok(allows(rules, fuse('rw')));
  assert.ok(!allows(rules, { ...fuse('r'), major: 11 }));
  assert.ok(!allows(rules, { ...fuse('r'), type: 'b' }));
});

test('compileDeviceFilter() lets the later rule win', () => {
  const rules: DeviceRule[] = [
    { allow: false, type: 'c', major: 10, access: 'rwm' },
    { allow: true, type: 'c', major: 10, minor: 229, access: 'rwm' },
  ];
  assert.ok(allows(rules, fuse('rw')));
  assert.ok(!allows(rules, { ...fuse('r'), minor: 1 }));
});
