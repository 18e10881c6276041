import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { freeSubnet } from '../testing/free-subnet.ts';
import { dockerProgram, eventually, repository, runProgram } from '../testing/programs.ts';

/** A daemon that somebody else starts: its roots, its names on the host, and the flags that tell it so. */
interface Berth {
  readonly folder: string;
  readonly socketPath: string;
  readonly args: readonly string[];
}

function findBerth(folder: string): Berth {
  const mark = folder.slice(-6);
  return {
    folder,
    socketPath: `${folder}/wharf.sock`,
    args: [
      ...[
        '--data-root',
        `${folder}/data`,
        '--exec-root',
        `${folder}/run`,
        '--pidfile',
        `${folder}/wharf.pid`,
      ],
      ...[
        '--bridge',
        `wt-${mark}`,
        '--bip',
        `${freeSubnet()}.1/24`,
        '--cgroup-parent',
        `/wharf-test-${mark}`,
      ],
    ],
  };
}

const docker = async ({ socketPath }: Berth, ...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runProgram(dockerProgram, ['-H', `unix://${socketPath}`, ...args]);
  assert.equal(code, 0, stderr);
  return stdout.trim();
};

describe('the daemon under a service manager', () => {
  let berth: Berth;
  let manager: ChildProcess | undefined;
  let told = '';

  before(() => {
    berth = findBerth(mkdtempSync('/var/tmp/wharf-test-'));
    const { folder, socketPath, args } = berth;
    writeFileSync(`${folder}/daemon.json`, '{"labels": ["stage=one"]}');
    const script = `${repository}test/fixtures/service-manager.py`;
    const program = [`${repository}bin/wharfd`, '--config-file', `${folder}/daemon.json`, ...args];
    manager = spawn('python3', [script, `${folder}/notify`, socketPath, ...program], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    manager.stdout?.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
  });
  after(async () => {
    if (manager?.exitCode === null) {
      manager.kill('SIGTERM');
      await once(manager, 'exit');
    }
    rmSync(berth.folder, { recursive: true });
  });

  test('B05 tells when it is ready, and serves the socket that it was given', async () => {
    await eventually('READY', () => /^READY=1\nSTATUS=Serving$/m.test(told));
    assert.equal(await docker(berth, 'info', '-f', '{{.Labels}}'), '[stage=one]');
  });

  test('B05 keeps the watchdog quiet', async () => {
    await eventually('WATCHDOG', () => (told.match(/^WATCHDOG=1$/gm) ?? []).length >= 2);
  });

  test('B05 tells of a reload with its time, and of its end', async () => {
    const uptimeMicroseconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1e6;
    writeFileSync(`${berth.folder}/daemon.json`, '{"labels": ["stage=two"]}');
    told = '';
    manager?.kill('SIGHUP');
    await eventually('READY after RELOADING', () =>
      /RELOADING=1\nMONOTONIC_USEC=\d+\n(.*\n)*READY=1/.test(told),
    );
    assert.equal(await docker(berth, 'info', '-f', '{{.Labels}}'), '[stage=two]');
    const reloadedAt = Number(/MONOTONIC_USEC=(\d+)/.exec(told)?.[1]);
    assert.ok(Math.abs(reloadedAt - uptimeMicroseconds) < 30e6, 'the time is that of the kernel');
  });

  test('B05 tells that it stops, and leaves the socket to the manager', async () => {
    told = '';
    manager?.kill('SIGTERM');
    assert.deepEqual(await once(manager ?? assert.fail(), 'exit'), [0, null]);
    assert.match(told, /^STOPPING=1$/m);
    assert.ok(existsSync(berth.socketPath));
    assert.ok(!existsSync(`${berth.folder}/wharf.pid`));
  });
});

test('B05 fd:// without a service manager is refused', async () => {
  const folder = mkdtempSync('/var/tmp/wharf-test-');
  try {
    const { code, stderr } = await runProgram(`${repository}bin/wharfd`, [
      ...findBerth(folder).args,
      '-H',
      'fd://',
    ]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /no sockets found via socket activation: make sure the service was started by systemd/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('the sysv script', () => {
  let berth: Berth;
  const script = (verb: string) =>
    runProgram('sh', [`${repository}packaging/wharf.init`, verb], {
      env: { WHARF_DEFAULTS: `${berth.folder}/default` },
      timeoutMs: 60_000,
    });
  const setOptions = (...more: string[]) => {
    const { folder, socketPath, args } = berth;
    const options = [
      ...args.filter((_, i) => i !== args.indexOf('--pidfile') && i !== args.indexOf('--pidfile') + 1),
    ];
    const lines = [
      `WHARFD=${repository}bin/wharfd`,
      `WHARF_PIDFILE=${folder}/wharf.pid`,
      `WHARF_LOGFILE=${folder}/wharf.log`,
      `WHARF_OPTS="${[...options, '-H', `unix://${socketPath}`, ...more].join(' ')}"`,
    ];
    writeFileSync(`${folder}/default`, `${lines.join('\n')}\n`);
  };
  const answers = () => eventually('the daemon answers', () => existsSync(berth.socketPath));
  const pid = () => Number(readFileSync(`${berth.folder}/wharf.pid`, 'utf8'));

  before(() => {
    berth = findBerth(mkdtempSync('/var/tmp/wharf-test-'));
    setOptions('--label', 'set=early');
  });
  after(async () => {
    setOptions();
    await script('stop');
    rmSync(berth.folder, { recursive: true });
  });

  test('B05 starts, tells its status, and does not start twice', async () => {
    assert.deepEqual(await script('status'), { code: 3, stdout: 'wharf is not running\n', stderr: '' });
    assert.deepEqual(await script('start'), { code: 0, stdout: 'wharf started\n', stderr: '' });
    assert.equal((await script('status')).stdout, `wharf is running (pid ${pid()})\n`);
    assert.equal((await script('start')).stdout, 'wharf is already running\n');
    assert.equal(readlinkSync(`/proc/${pid()}/exe`), `${repository}bin/wharfd`);
  });

  test('B06 options of the defaults file hold from the next restart, and the log is a file', async () => {
    await answers();
    assert.equal(await docker(berth, 'info', '-f', '{{.Labels}}'), '[set=early]');
    setOptions('--label', 'set=late', '--debug');
    const first = pid();
    assert.equal((await script('restart')).stdout, 'wharf stopped\nwharf started\n');
    assert.notEqual(pid(), first);
    await answers();
    assert.equal(await docker(berth, 'info', '-f', '{{.Labels}} {{.Debug}}'), '[set=late] true');
    assert.match(
      readFileSync(`${berth.folder}/wharf.log`, 'utf8'),
      /level=info msg="Processing signal to stop"/,
    );
  });

  test('B05 reload reaches the daemon', async () => {
    assert.equal((await script('reload')).code, 0);
    const log = () => readFileSync(`${berth.folder}/wharf.log`, 'utf8');
    await eventually('Reloaded', () => log().includes('Reloaded configuration'));
  });

  test('B05 tells why the daemon does not start', async () => {
    await script('stop');
    setOptions('--sail');
    const { code, stderr } = await script('start');
    assert.equal(code, 1);
    assert.match(stderr, /wharf did not start; the end of .*:\n(.*\n)*unknown flag: --sail/);
  });
});

test('B05 the systemd unit lets containers live and has sockets and options of its own', () => {
  const unit = readFileSync(`${repository}packaging/wharf.service`, 'utf8');
  for (const line of [
    'Type=notify',
    'KillMode=process',
    'Delegate=yes',
    'EnvironmentFile=-/etc/default/wharf',
  ])
    assert.ok(unit.split('\n').includes(line), line);
  assert.match(
    readFileSync(`${repository}packaging/wharf.socket`, 'utf8'),
    /SocketMode=0660[\s\S]*SocketGroup=docker/,
  );
});

test('B09 B19 what install.sh puts, uninstall.sh takes away', async () => {
  const folder = mkdtempSync('/var/tmp/wharf-test-');
  const env = { DESTDIR: folder };
  const files = async () =>
    (await runProgram('find', [folder, '-not', '-type', 'd'])).stdout.split('\n').filter(Boolean);
  try {
    for (const times of [1, 2]) {
      const { code, stderr } = await runProgram('sh', [`${repository}packaging/install.sh`], { env });
      assert.equal(code, 0, `${times}: ${stderr}`);
    }
    const version = await runProgram(`${folder}/usr/bin/wharfd`, ['--version']);
    assert.match(version.stdout, /^Wharf version /);
    assert.ok((await files()).includes(`${folder}/lib/systemd/system/wharf.service`));
    await runProgram('sh', [`${repository}packaging/uninstall.sh`, '--purge'], { env });
    assert.deepEqual(await files(), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
