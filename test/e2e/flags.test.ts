import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('flags of run', () => {
  const entry = busyboxImage('entry:1', {
    Entrypoint: ['echo', 'entry'],
    Cmd: ['default'],
    User: 'ada',
    WorkingDir: '/www',
    ExposedPorts: { '8080/tcp': {} },
  });
  const { docker, ok } = useWharf([busyboxImage('base:1'), entry]);
  const shell = (script: string, ...flags: string[]) =>
    ok(['run', '--rm', ...flags, 'base:1', 'sh', '-c', script]);

  test('F02 -u takes a name or numbers', async () => {
    assert.equal(await shell('id', '-u', '1000:1000'), 'uid=1000(ada) gid=1000(ada) groups=1000(ada)');
    assert.equal(
      await shell('id; echo $HOME', '-u', 'ada'),
      'uid=1000(ada) gid=1000(ada) groups=10(wheel),1000(ada)\n/home/ada',
    );
    const unknown = await docker('run --rm -u nobodyhere base:1 id');
    assert.equal(unknown.code, 125);
    assert.match(unknown.stderr, /unable to find user nobodyhere: no matching entries in passwd file/);
  });

  test('F03 -w makes the working directory when it is missing; create refuses a file in its place', async () => {
    assert.equal(await shell('pwd', '-w', '/x/y'), '/x/y');
    for (const file of ['/bin/busybox', '/bin/busybox/below']) {
      const { code, stderr } = await docker(['run', '--rm', '-w', file, 'base:1', 'pwd']);
      assert.deepEqual([code, stderr.includes(`Cannot mkdir: ${file} is not a directory`)], [125, true]);
    }
  });

  test('F04 -c sets the cpu weight', async () => {
    const value = await shell(
      'cat /sys/fs/cgroup/cpu/cpu.shares 2>/dev/null || cat /sys/fs/cgroup/cpu.weight',
      '-c',
      '256',
    );
    assert.match(value, /^(256|35)$/);
  });

  test('F05 -e sets the environment', async () => {
    assert.match(await shell('env', '-e', 'hostname=host', '-e', 'EMPTY='), /^hostname=host$/m);
  });

  test('F06 A22 -m limits memory; what exceeds it is killed and said to be out of memory', async () => {
    const limit = await shell(
      'cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max',
      '-m',
      '64m',
    );
    assert.equal(limit, `${64 << 20}`);
    const killed = await docker([
      'run',
      '--name',
      'greedy',
      '-m',
      '16m',
      '--memory-swap',
      '16m',
      'base:1',
      'tail',
      '/dev/zero',
    ]);
    assert.equal(killed.code, 137);
    assert.equal(await ok(['inspect', '-f', '{{.State.OOMKilled}}', 'greedy']), 'true');
    await ok('rm greedy');
  });

  test('F12 --cap-add and --cap-drop change the capability sets', async () => {
    assert.match(await shell('grep Cap /proc/self/status'), /CapEff:\s+00000000a80425fb/);
    assert.match(
      await shell('grep Cap /proc/self/status', '--cap-drop', 'ALL'),
      /CapEff:\s+0000000000000000[\s\S]*CapBnd:\s+0000000000000000/,
    );
    assert.match(
      await shell('grep CapEff /proc/self/status', '--cap-drop', 'ALL', '--cap-add', 'NET_ADMIN'),
      /0000000000001000/,
    );
  });

  test('F16 --entrypoint replaces the image’s and drops its command', async () => {
    assert.equal(await ok('run --rm entry:1'), 'entry default');
    assert.equal(await ok('run --rm entry:1 other'), 'entry other');
    assert.match(await ok('run --rm --entrypoint /bin/ls entry:1 /'), /^bin$/m);
    assert.equal(await ok('run --rm --entrypoint pwd entry:1'), '/www');
    assert.equal(await ok('run --rm --entrypoint whoami entry:1'), 'ada');
  });

  test('F09 -h names the host, in /etc/hosts too', async () => {
    const output = await shell('hostname; cat /etc/hostname; grep centos-01 /etc/hosts', '-h', 'centos-01');
    assert.match(output, /^centos-01\ncentos-01\n[\d.]+\s+centos-01$/);
  });

  test('F21 --privileged has every capability that the daemon has, and may mount', async () => {
    assert.equal(await shell('mount -t tmpfs t /tmp && echo mounted', '--privileged'), 'mounted');
    assert.notEqual((await docker(['run', '--rm', 'base:1', 'mount', '-t', 'tmpfs', 't', '/tmp'])).code, 0);
  });

  test('the default container is locked down', async () => {
    assert.match(await shell('grep Seccomp: /proc/self/status'), /Seccomp:\s+2/);
    assert.match(
      await shell('grep NoNewPrivs /proc/self/status', '--security-opt', 'no-new-privileges'),
      /1$/,
    );
    assert.equal(await shell('cat /proc/keys | wc -c'), '0');
    assert.match(await shell('echo 1 > /proc/sys/kernel/domainname 2>&1 || echo refused'), /refused/);
    assert.match(await shell('unshare -n true 2>&1 || echo refused'), /refused/);
    assert.match(await shell('touch /x 2>&1 || echo refused', '--read-only'), /refused/);
  });

  test('--ulimit, --sysctl, --shm-size, --tmpfs and --pids-limit reach the process', async () => {
    assert.equal(await shell('ulimit -n', '--ulimit', 'nofile=512:512'), '512');
    assert.equal(await shell('cat /proc/sys/net/ipv4/ip_forward', '--sysctl', 'net.ipv4.ip_forward=0'), '0');
    assert.match(await shell('df -k /dev/shm | tail -1', '--shm-size', '8m'), /\b8192\b/);
    assert.match(await shell('df -k /cache | tail -1', '--tmpfs', '/cache:size=1m'), /\b1024\b/);
    assert.equal(
      await shell(
        'cat /sys/fs/cgroup/pids/pids.max 2>/dev/null || cat /sys/fs/cgroup/pids.max',
        '--pids-limit',
        '33',
      ),
      '33',
    );
  });

  test('-t gives a terminal', async () => {
    const output = await ok('run --rm -t base:1 tty');
    assert.match(output, /^\/dev\/(pts\/0|console)\r?$/);
  });
});
