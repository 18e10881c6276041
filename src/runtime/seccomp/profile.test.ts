import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilityNames } from '#oci';
import { seccompReturn } from './actions.ts';
import { architectureOf } from './architectures.ts';
import { compileSeccomp } from './compile.ts';
import { defaultSeccompProfile } from './default-profile.ts';
import { parseSeccompProfile, resolveSeccomp } from './profile.ts';
import { runFilter } from './testing/interpreter.ts';

const kernelRelease = '6.18.44';
const { allow, errno } = seccompReturn;

function underDefault(capabilities: readonly string[], name: string, args: readonly bigint[] = []) {
  const architecture = architectureOf('SCMP_ARCH_X86_64');
  const number = architecture?.numbers.get(name);
  assert.ok(architecture !== undefined && number !== undefined, `${name} is a system call`);
  const { program } = compileSeccomp(resolveSeccomp(defaultSeccompProfile, { capabilities, kernelRelease }));
  return runFilter(program, { auditNumber: architecture.auditNumber, number, args });
}

test('the default profile allows ordinary calls and denies dangerous ones', () => {
  for (const name of ['read', 'execve', 'mmap', 'ptrace', 'mkdirat', 'arch_prctl', 'clone']) {
    assert.equal(underDefault([], name).value, allow, name);
  }
  for (const name of [
    'mount',
    'unshare',
    'setns',
    'add_key',
    'keyctl',
    'kexec_load',
    'bpf',
    'io_uring_setup',
  ]) {
    assert.equal(underDefault([], name).value, errno | 1, name);
  }
});

test('the default profile opens calls by capability', () => {
  assert.equal(underDefault(['CAP_SYS_ADMIN'], 'mount').value, allow);
  assert.equal(underDefault(['CAP_SYS_CHROOT'], 'chroot').value, allow);
  assert.equal(underDefault(['CAP_CHOWN'], 'chroot').value, errno | 1);
  assert.equal(underDefault(capabilityNames, 'reboot').value, allow);
});

test('the default profile looks at the arguments of clone, socket and personality', () => {
  assert.equal(underDefault([], 'clone', [0x0100_0000n | 17n]).value, allow);
  assert.equal(underDefault([], 'clone', [0x1000_0000n]).value, errno | 1);
  assert.equal(underDefault(['CAP_SYS_ADMIN'], 'clone', [0x1000_0000n]).value, allow);
  assert.equal(underDefault([], 'clone3').value, errno | 38);
  assert.equal(underDefault([], 'socket', [2n]).value, allow);
  assert.equal(underDefault([], 'socket', [40n]).value, errno | 1);
  assert.equal(underDefault([], 'personality', [0xffff_ffffn]).value, allow);
  assert.equal(underDefault([], 'personality', [0x4_0000n]).value, errno | 1);
});

test('the default profile answers an ordinary call within a dozen steps', () => {
  assert.ok(underDefault([], 'read').steps <= 12);
  assert.ok(underDefault([], 'statx').steps <= 12);
});

test('resolveSeccomp() gives the same object for the same capabilities in any order', () => {
  const one = resolveSeccomp(defaultSeccompProfile, {
    capabilities: ['CAP_KILL', 'CAP_CHOWN'],
    kernelRelease,
  });
  const other = resolveSeccomp(defaultSeccompProfile, {
    capabilities: ['CAP_CHOWN', 'CAP_KILL'],
    kernelRelease,
  });
  assert.equal(one, other);
});

test('resolveSeccomp() judges the oldest kernel that a rule is for', () => {
  const profile = parseSeccompProfile(
    JSON.stringify({
      defaultAction: 'SCMP_ACT_ERRNO',
      syscalls: [{ name: 'ptrace', action: 'SCMP_ACT_ALLOW', includes: { minKernel: '4.8' }, args: null }],
    }),
  );
  const names = (release: string) =>
    resolveSeccomp(profile, { capabilities: [], kernelRelease: release }).syscalls?.flatMap(
      (rule) => rule.names,
    );
  assert.deepEqual(names('4.7.2'), []);
  assert.deepEqual(names('4.19.0-1-amd64'), ['ptrace']);
});

test('parseSeccompProfile() says what is wrong', () => {
  assert.throws(() => parseSeccompProfile('{'), /^EngineError: Decoding seccomp profile failed: /);
  assert.throws(
    () => parseSeccompProfile('{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"action":"X"}]}'),
    /Decoding seccomp profile failed: syscalls\[0\]\.action is not one of/,
  );
});
