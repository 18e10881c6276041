import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostProcess } from './host-process.ts';
import { formatsFor } from './process-columns.ts';

const process: HostProcess = {
  pid: 7,
  command: 'sail',
  state: 'S',
  parentPid: 1,
  groupId: 7,
  sessionId: 7,
  foregroundGroupId: 7,
  userTicks: 0,
  systemTicks: 0,
  nice: 5,
  threads: 2,
  startTicks: 0,
  residentPages: 3,
  uid: 1000,
  user: 'ada',
  terminal: 'pts/0',
  commandLine: 'sail --fast',
  startedMs: Date.now(),
  cpuSeconds: 3723,
  cpuPercent: 1.5,
  residentKiB: 12,
  virtualKiB: 40,
  memoryPercent: 0.1,
};

const titles = (psArgs: string) => formatsFor(psArgs).map(({ title }) => title);
const row = (psArgs: string) => formatsFor(psArgs).map(({ format }) => format(process));

test('formatsFor() has the columns that `ps` prints for its usual arguments', () => {
  assert.deepEqual(titles('-ef'), ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD']);
  assert.equal(titles('aux').join(), 'USER,PID,%CPU,%MEM,VSZ,RSS,TTY,STAT,START,TIME,COMMAND');
  assert.deepEqual(titles('-e'), ['PID', 'TTY', 'TIME', 'COMMAND']);
});

test('formatsFor() reads the columns that -o names', () => {
  assert.deepEqual(row('-o pid,comm'), ['7', 'sail']);
  assert.deepEqual(row('-eo pid,stat,time'), ['7', 'SNsl+', '01:02:03']);
  assert.deepEqual(titles('-o pid,args=WHAT'), ['PID', 'WHAT']);
  assert.equal(row('aux').at(-2), '62:03');
});

test('formatsFor() refuses in the words of `ps`', () => {
  assert.throws(() => formatsFor('zzz'), /^EngineError: ps: error: unsupported option \(BSD syntax\)$/);
  assert.throws(() => formatsFor('-Z9'), /^EngineError: ps: error: unsupported SysV option$/);
  assert.throws(() => formatsFor('-o pid,sail'), /ps: error: unknown user-defined format specifier "sail"/);
  assert.throws(() => formatsFor('-o comm'), /Couldn't find PID field in ps output/);
});
