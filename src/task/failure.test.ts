import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '#base';
import { encodePlan } from '#runtime';
import { decodeFailure, type LaunchFailure, launchError, startExitCode } from './failure.ts';
import { u32 } from './frames.ts';

const plan = encodePlan({
  cloneFlags: 0n,
  before: [{ op: 'hostMkdir', path: '/sys/fs/cgroup/x', mode: 0o755 }],
  after: [],
  init: [
    { op: 'exec', argv: ['x'], env: [] },
    { op: 'chdir', target: '/nope' },
  ],
});
const missing: LaunchFailure = {
  list: 'init',
  index: 0,
  errno: 2,
  text: 'exec: "x": executable file not found in $PATH',
};

test('decodeFailure() reads the core report', () => {
  const payload = Buffer.concat([u32(2, 0, 2), Buffer.from(missing.text)]);
  assert.deepEqual(decodeFailure(payload), missing);
  assert.equal(decodeFailure(u32(0, 0xffff_ffff, 12)).index, undefined);
});

test('launchError() names the operation and its operands', () => {
  const error = launchError({ list: 'before', index: 0, errno: 13, text: '' }, plan);
  assert.equal(error.message, 'hostMkdir "/sys/fs/cgroup/x": permission denied');
  assert.equal(error.kind, 'internal');
});

test('launchError() repeats what the core says of a program, which is the caller mistake', () => {
  const error = launchError(missing, plan);
  assert.equal(error.message, missing.text);
  assert.equal(error.kind, 'invalid');
});

test('startExitCode() is 127 for a missing program, 126 for a bad one, 128 for the rest', () => {
  assert.equal(startExitCode(launchError(missing, plan)), 127);
  assert.equal(startExitCode(launchError({ ...missing, errno: 13 }, plan)), 126);
  assert.equal(startExitCode(launchError({ list: 'after', index: 0, errno: 2, text: '' }, undefined)), 128);
  assert.equal(startExitCode(new EngineError('internal', 'x')), 128);
});

test('launchError() says that the working directory is at fault, as Docker does', () => {
  const error = launchError({ list: 'init', index: 1, errno: 20, text: '' }, plan);
  assert.equal(error.message, 'chdir to cwd ("/nope") set in config.json failed: not a directory');
  assert.deepEqual([error.kind, startExitCode(error)], ['invalid', 127]);
});
