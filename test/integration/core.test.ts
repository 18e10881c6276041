import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EngineError } from '#base';
import { encodePlan } from '#runtime';
import { startExitCode } from '#task';
import { Box, demultiplex, readAll } from './core-box.ts';

const outputs = { stdin: false, stdout: true, stderr: true };

/** Runs `script` to its end and gives its standard output. */
async function run(
  box: Box,
  script: string,
  options: Partial<Parameters<Box['start']>[0]> = {},
): Promise<string> {
  const task = await box.start({ argv: ['/bin/sh', '-c', script], attach: [outputs], ...options });
  const [socket] = task.attached;
  assert.ok(socket);
  const { stdout, stderr } = demultiplex(await readAll(socket));
  await task.exited;
  assert.equal(stderr, '');
  return stdout;
}

async function startFailure(box: Box, argv: readonly string[]): Promise<EngineError> {
  const failure = await box.start({ argv }).then(
    () => assert.fail('it started'),
    (error: unknown) => error,
  );
  assert.ok(failure instanceof EngineError);
  assert.deepEqual(readdirSync(box.stateDir()), []);
  return failure;
}

test('a plan makes process 1 of a root of its own', async () => {
  await using box = new Box();
  assert.equal(await run(box, 'echo $$; busybox ls /'), '1\nbin\ndev\nproc\nroot\nsys\ntmp\n');
});

test('a process sees its pid namespace and no mount of the host', async () => {
  await using box = new Box();
  const mounts = await run(box, 'busybox cat /proc/self/mountinfo');
  assert.equal(mounts.trim().split('\n').length, 5 - 1, mounts);
});

test('a process inherits no descriptor but its standard three', async () => {
  await using box = new Box();
  assert.equal(await run(box, 'busybox ls /proc/1/fd; true'), '0\n1\n2\n');
});

test('a process starts with no signal ignored or blocked', async () => {
  await using box = new Box();
  const status = await run(box, '', { argv: ['busybox', 'grep', '-E', 'Sig(Blk|Ign)', '/proc/self/status'] });
  assert.match(status, /SigBlk:\s0{16}\nSigIgn:\s0{16}\n/);
});

test('exit codes and signals are told and written down', async () => {
  await using box = new Box();
  const left = await box.start({ argv: ['/bin/sh', '-c', 'exit 7'] });
  assert.deepEqual(pick(await left.exited), { code: 7, signal: 0 });
  const killed = await box.start({ argv: ['/bin/busybox', 'sleep', '1000'] });
  await killed.kill(9);
  assert.deepEqual(pick(await killed.exited), { code: 137, signal: 9 });
  assert.match(readFileSync(join(box.stateDir(), 'exit'), 'utf8'), /^137 9 \d+\n$/);
});

test('a missing program fails the start with 127', async () => {
  await using box = new Box();
  const bare = await startFailure(box, ['nosuch']);
  assert.equal(bare.message, 'exec: "nosuch": executable file not found in $PATH');
  assert.equal(startExitCode(bare), 127);
  const path = await startFailure(box, ['/bin/nosuch']);
  assert.equal(path.message, 'exec: "/bin/nosuch": stat /bin/nosuch: no such file or directory');
  assert.equal(startExitCode(path), 127);
});

test('a program that may not be executed fails the start with 126', async () => {
  await using box = new Box();
  writeFileSync(join(box.root, 'plain'), 'text', { mode: 0o644 });
  const failures = {
    '/plain': 'exec: "/plain": permission denied',
    '/bin': 'exec: "/bin": is a directory: permission denied',
  };
  for (const [name, message] of Object.entries(failures)) {
    const error = await startFailure(box, [name]);
    assert.deepEqual([error.message, startExitCode(error), error.kind], [message, 126, 'invalid']);
  }
});

test('a file that is no program, or wants one that is not there, starts and ends with 255', async () => {
  await using box = new Box();
  writeFileSync(join(box.root, 'bin/garbage'), 'text', { mode: 0o755 });
  writeFileSync(join(box.root, 'bin/script'), '#!/no/such\n', { mode: 0o755 });
  const failures = { garbage: 'exec format error', '/bin/script': 'no such file or directory' };
  for (const [name, reason] of Object.entries(failures)) {
    const attach = [{ stdin: false, stdout: true, stderr: true }];
    const task = await box.start({ argv: [name], attach });
    const output = await Promise.all(task.attached.map(readAll));
    assert.equal(
      demultiplex(Buffer.concat(output)).stderr,
      `exec ${join('/bin', name.replace('/bin', ''))}: ${reason}\n`,
    );
    assert.equal((await task.exited).code, 255);
  }
});

test('a failed operation is named with its operands', async () => {
  await using box = new Box();
  const started = box.start({
    argv: ['/bin/sh'],
    last: [{ op: 'mkdir', target: '/proc/nowhere', mode: 0o755, uid: 0, gid: 0 }],
  });
  await assert.rejects(started, {
    message: 'mkdir "/proc/nowhere": no such file or directory',
    kind: 'invalid',
  });
});

test('a failure is told also by a process that is not waiting for its go-ahead', async () => {
  await using box = new Box();
  const busy = Array.from(
    { length: 1000 },
    () => ({ op: 'writeProc', path: 'self/comm', value: 'busy' }) as const,
  );
  const plan = encodePlan({
    cloneFlags: 0n,
    before: [],
    after: [],
    init: [...busy, { op: 'root', path: '/nosuch' }],
  });
  await assert.rejects(box.start({ argv: [], plan }), {
    message: 'root "/nosuch": no such file or directory',
  });
});

test('a failed start removes the directories its plan made', async () => {
  await using box = new Box();
  const made = join(box.path, 'made');
  const before = [
    { op: 'hostMkdir', path: made, mode: 0o755 } as const,
    { op: 'hostMkdir', path: join(made, 'inner'), mode: 0o755 } as const,
  ];
  await assert.rejects(box.start({ argv: ['/nosuch'], before }));
  assert.equal(existsSync(made), false);
});

test('write ignores only the errors it is told to', async () => {
  await using box = new Box();
  const path = join(box.path, 'missing/file');
  const write = { op: 'write', path, value: 'x', ignoreErrnos: [2] } as const;
  assert.equal(await run(box, 'echo ok', { before: [write] }), 'ok\n');
  await assert.rejects(
    box.start({ argv: ['/bin/sh'], before: [{ ...write, ignoreErrnos: [13] }] }),
    /no such file/,
  );
});

test('host names, limits, umask, directory and processes file settings take effect', async () => {
  await using box = new Box();
  const seen = await run(
    box,
    'busybox hostname; ulimit -n; umask; pwd; busybox cat /proc/self/oom_score_adj',
    {
      last: [
        { op: 'hostname', name: 'ship' },
        { op: 'rlimit', resource: 7, soft: 100n, hard: 200n },
        { op: 'umask', mode: 0o027 },
        { op: 'chdir', target: '/tmp' },
        { op: 'writeProc', path: 'self/oom_score_adj', value: '500' },
      ],
    },
  );
  assert.equal(seen, 'ship\n100\n0027\n/tmp\n500\n');
});

test('user, groups and capabilities are exactly those of the plan', async () => {
  await using box = new Box();
  const status = await run(box, 'busybox grep -E "^(Uid|Groups|Cap|NoNew)" /proc/self/status', {
    last: [
      { op: 'capBounding', mask: 0x401n },
      { op: 'setgroups', gids: [7, 9] },
      { op: 'setgid', gid: 1001 },
      { op: 'setuid', uid: 1000 },
      { op: 'capSet', effective: 0x400n, permitted: 0x401n, inheritable: 0x400n, ambient: 0x400n },
      { op: 'noNewPrivs' },
    ],
  });
  assert.match(status, /^Uid:\t1000\t1000\t1000\t1000$/m);
  assert.match(status, /^Groups:\t7 9 $/m);
  assert.match(status, /^CapBnd:\t0{13}401$/m);
  assert.match(status, /^CapEff:\t0{13}400$/m);
  assert.match(status, /^CapPrm:\t0{13}400$/m);
  assert.match(status, /^NoNewPrivs:\t1$/m);
});

test('a seccomp program decides on system calls', async () => {
  await using box = new Box();
  const program = new Uint8Array(32);
  const view = new DataView(program.buffer);
  const SYS_MKDIR = process.arch === 'arm64' ? 34 : 83;
  const write = (index: number, code: number, jt: number, jf: number, k: number): void => {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, jt);
    view.setUint8(index * 8 + 3, jf);
    view.setUint32(index * 8 + 4, k, true);
  };
  write(0, 0x20, 0, 0, 0);
  write(1, 0x15, 0, 1, SYS_MKDIR);
  write(2, 0x06, 0, 0, 0x0005_0000 | 1);
  write(3, 0x06, 0, 0, 0x7fff_0000);
  const seen = await run(box, 'busybox mkdir /tmp/x 2>&1; busybox echo on', {
    last: [{ op: 'seccomp', flags: 0, program }],
  });
  assert.match(seen, /Operation not permitted\non\n$/);
});

test('masked paths read as empty, read-only paths refuse writes, missing ones do no harm', async () => {
  await using box = new Box();
  const script =
    'busybox wc -c < /proc/uptime; busybox ls /proc/irq /proc/fs; echo 0 > /proc/sys/vm/swappiness || echo refused';
  const seen = await run(box, `{ ${script}; } 2>/dev/null`, {
    last: [
      { op: 'mask', target: '/proc/uptime' },
      { op: 'mask', target: '/proc/irq' },
      { op: 'mask', target: '/proc/fs' },
      { op: 'mask', target: '/proc/no/such' },
      { op: 'readonlyPath', target: '/proc/sys' },
      { op: 'readonlyPath', target: '/no/such' },
    ],
  });
  assert.equal(seen, '0\n/proc/fs:\n\n/proc/irq:\nrefused\n');
});

test('targets never leave the root through symlinks or dots', async () => {
  await using box = new Box();
  symlinkSync('/', join(box.root, 'up'));
  symlinkSync(`../../../../../../..${box.path}`, join(box.root, 'out'));
  const outside = join(box.path, 'made');
  await box.start({
    argv: ['/bin/busybox', 'true'],
    last: [
      { op: 'mkdir', target: '/up/../../in-root/deep', mode: 0o700, uid: 5, gid: 6 },
      { op: 'createFile', target: '/tmp/a/b', mode: 0o600 },
    ],
  });
  assert.ok(existsSync(join(box.root, 'in-root/deep')));
  await box.start({
    argv: ['/bin/busybox', 'true'],
    last: [{ op: 'mkdir', target: '/out/made', mode: 0o700, uid: 0, gid: 0 }],
  });
  assert.equal(existsSync(outside), false);
  assert.ok(existsSync(join(box.root, outside)), 'where the link leads within the root');
});

test('proc is not mounted over a symlink, and a mask is not put on one', async () => {
  await using box = new Box();
  mkdirSync(join(box.root, 'elsewhere'));
  symlinkSync('elsewhere', join(box.root, 'proc2'));
  const mount = {
    op: 'mount',
    source: 'proc',
    target: '/proc2',
    fstype: 'proc',
    flags: 0,
    data: '',
  } as const;
  await assert.rejects(box.start({ argv: ['/bin/sh'], last: [mount] }));
  await assert.rejects(
    box.start({ argv: ['/bin/sh'], last: [{ op: 'mask', target: '/proc2' }] }),
    /symbolic link/,
  );
});

test('a working directory on a leaked descriptor of the host is refused', async () => {
  await using box = new Box();
  for (const fd of [3, 4, 5, 6, 7, 8]) {
    const started = box.start({ argv: ['/bin/sh'], last: [{ op: 'chdir', target: `/proc/self/fd/${fd}` }] });
    await assert.rejects(started, EngineError);
  }
});

test('the core cannot be overwritten through /proc/self/exe', async () => {
  await using box = new Box();
  symlinkSync('/proc/self/exe', join(box.root, 'bin/self'));
  // The program is the core itself, as in the known attack: it only prints its usage, and is not the host's file.
  const task = await box.start({ argv: ['/bin/self', 'x'], attach: [outputs] });
  const [socket] = task.attached;
  assert.ok(socket);
  assert.match(demultiplex(await readAll(socket)).stderr, /usage/);
  const sleeper = await box.start({ id: 'two', argv: ['/bin/busybox', 'sleep', '1000'] });
  const exec = await box.exec(sleeper, ['/bin/sh', '-c', 'echo x >> /proc/self/exe']);
  assert.ok(exec.socket);
  assert.match(demultiplex(await readAll(exec.socket)).stderr, /Text file busy/);
});

test('the shim runs from a sealed copy', async () => {
  await using box = new Box();
  await box.start({ argv: ['/bin/busybox', 'sleep', '1000'] });
  const shim = readFileSync(join(box.stateDir(), 'shim.pid'), 'utf8').trim();
  assert.throws(() => writeFileSync(`/proc/${shim}/exe`, 'x', { flag: 'r+' }), /ETXTBSY|EPERM/);
  assert.equal(readFileSync(`/proc/${shim}/comm`, 'utf8'), 'wharf-shim\n');
});

function pick(status: { code: number; signal: number }): { code: number; signal: number } {
  return { code: status.code, signal: status.signal };
}
