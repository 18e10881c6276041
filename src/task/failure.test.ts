import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '#base';
import { encodePlan } from '#runtime';
import { decodeFailure, type LaunchFailure, launchError, startExitCode } from './failure.ts';
import { u32 } from './frames.ts';

const ENOENT = 2;
const EBUSY = 16;
const EINVAL = 22;
const ENOTDIR = 20;
const bind = { op: 'bind', source: '/a', target: '/b', recursive: 0, set: 0n, clear: 0n } as const;
const plan = encodePlan({
  cloneFlags: 0n,
  before: [{ op: 'hostMkdir', path: '/sys/fs/cgroup/x', mode: 0o755 }],
  after: [],
  init: [
    bind,
    { op: 'writeProc', path: 'sys/net/core/nosuch', value: '1' },
    { op: 'chdir', target: '/nope' },
    { op: 'exec', argv: ['x'], env: [] },
    { op: 'hostname', name: 'much too long' },
    { op: 'place', source: '/proc/1/fd/9', target: '/p' },
  ],
});
const missing: LaunchFailure = {
  list: 'init',
  index: 3,
  errno: 2,
  text: 'exec: "x": executable file not found in $PATH',
};

test('decodeFailure() reads the core report', () => {
  const payload = Buffer.concat([u32(2, 3, 2), Buffer.from(missing.text)]);
  assert.deepEqual(decodeFailure(payload), missing);
  assert.equal(decodeFailure(u32(0, 0xffff_ffff, 12)).index, undefined);
});

test('launchError() names the operation and its operands, as runc does where it can', () => {
  const failed = (index: number, errno: number, list: LaunchFailure['list'] = 'init') =>
    launchError({ list, index, errno, text: '' }, plan).message;
  assert.equal(failed(0, EBUSY, 'before'), 'hostMkdir "/sys/fs/cgroup/x": resource busy or locked');
  assert.equal(failed(0, EBUSY), 'error mounting "/a" to rootfs at "/b": resource busy or locked');
  assert.equal(failed(1, ENOENT), 'failed to write sysctl net.core.nosuch = "1": no such file or directory');
  assert.equal(
    failed(2, ENOENT),
    'chdir to cwd ("/nope") set in config.json failed: no such file or directory',
  );
  assert.equal(failed(4, EINVAL), 'sethostname: invalid argument');
  assert.match(
    failed(0, EINVAL),
    /^error mounting "\/a" to rootfs at "\/b": not a directory: Are you trying to mount a directory onto a file/,
  );
  assert.match(failed(5, EINVAL), /^error mounting to rootfs at "\/p": not a directory: Are you trying/);
  assert.match(
    failed(2, ENOTDIR),
    /failed: not a directory: Are you trying to mount a directory onto a file/,
  );
});

test('launchError() repeats what the core says of a program', () => {
  assert.equal(launchError(missing, plan).message, missing.text);
  assert.equal(
    launchError({ ...missing, index: undefined, text: 'clone' }, undefined).message,
    'clone: no such file or directory',
  );
});

test('startExitCode() is 127 for what is missing, 126 for what is not permitted, 128 for the rest', () => {
  const of = (failure: Partial<LaunchFailure>) => {
    const error = launchError({ list: 'init', index: 2, errno: ENOENT, text: '', ...failure }, plan);
    return [startExitCode(error), error.kind];
  };
  assert.deepEqual(of({ text: missing.text }), [127, 'invalid']);
  assert.deepEqual(of({ text: 'exec: "/": is a directory: permission denied' }), [126, 'invalid']);
  assert.deepEqual(of({}), [127, 'invalid']);
  assert.deepEqual(of({ errno: ENOTDIR }), [127, 'invalid']);
  assert.deepEqual(of({ errno: EBUSY }), [128, 'internal']);
  assert.deepEqual(of({ index: 4, errno: EINVAL }), [128, 'invalid']);
  assert.deepEqual(of({ index: 4, errno: EBUSY }), [128, 'internal']);
  assert.equal(startExitCode(new EngineError('internal', 'no such file or directory')), 128);
});
