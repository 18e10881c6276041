import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { type Authority, type CertifiedKey, createAuthority } from '../fixtures/certificates.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { freePort } from '../testing/free-port.ts';
import { eventually, type Output, repository, runProgram } from '../testing/programs.ts';
import { startWharf, type TestWharf } from '../testing/wharf.ts';

let folder: string;
before(() => {
  folder = mkdtempSync('/var/tmp/wharf-test-');
});
after(() => rmSync(folder, { recursive: true }));

const configFile = (settings: unknown): string => {
  const path = `${folder}/daemon.json`;
  writeFileSync(path, typeof settings === 'string' ? settings : JSON.stringify(settings));
  return path;
};

const validate = (settings: unknown, ...args: string[]): Promise<Output> =>
  runProgram(`${repository}bin/wharfd`, ['--validate', '--config-file', configFile(settings), ...args]);

describe('wharfd --validate', () => {
  test('B10 takes a configuration of Docker', async () => {
    const settings = {
      'registry-mirrors': ['https://mirror.example'],
      'log-driver': 'json-file',
      'log-opts': { 'max-size': '10m', 'max-file': '3' },
      'storage-driver': 'overlay2',
      'exec-opts': ['native.cgroupdriver=systemd'],
      'live-restore': true,
      'userland-proxy': false,
      'default-address-pools': [{ base: '10.201.0.0/16', size: 24 }],
      'default-ulimits': { nofile: { Name: 'nofile', Hard: 64000, Soft: 64000 } },
      builder: { gc: { enabled: true, defaultKeepStorage: '20GB' } },
      features: { 'containerd-snapshotter': true },
      'max-concurrent-downloads': 5,
    };
    assert.deepEqual(await validate(settings), { code: 0, stdout: 'configuration OK\n', stderr: '' });
  });

  test('B10 F22 refuses what is wrong, and says what', async () => {
    const refuses = async (settings: unknown, message: RegExp, ...args: string[]) => {
      const { code, stderr } = await validate(settings, ...args);
      assert.equal(code, 1);
      assert.match(stderr, message);
    };
    await refuses(
      '{"debug": tru',
      /^unable to configure the Docker daemon with file .*daemon\.json: invalid JSON: /,
    );
    await refuses({ sails: 1 }, /the following directives don't match any configuration option: sails\n$/);
    await refuses(
      { debug: true },
      /both as a flag and in the configuration file: debug: \(from flag: true/,
      '-D',
    );
    await refuses({ mtu: -3 }, /from file and command line flags failed: invalid default MTU: -3\n$/);
    await refuses(
      { tlsverify: true, tlscert: '/no' },
      /invalid TLS configuration: Could not load X509 key pair/,
    );
    await refuses({}, /^unknown flag: --exec-driver\nDocker removed it/, '--exec-driver=lxc');
  });
});

describe('the configuration file of a running daemon', () => {
  let wharf: TestWharf;
  let metricsAddress: string;
  before(async () => {
    metricsAddress = `127.0.0.1:${await freePort()}`;
    const defaults = {
      labels: ['stage=one'],
      'registry-mirrors': ['http://127.0.0.1:9'],
      'default-ulimits': { nofile: { Name: 'nofile', Soft: 77, Hard: 99 } },
      'default-shm-size': '4m',
      'no-new-privileges': true,
      'dns-search': ['harbour.example'],
      'host-gateway-ips': ['192.0.2.7'],
      'default-address-pools': [{ base: '10.201.0.0/16', size: 24 }],
      'default-network-opts': { bridge: { 'com.docker.network.driver.mtu': '1400' } },
      'min-api-version': '1.40',
      'disabled-modules': ['archive', 'events'],
      'userland-proxy': false,
      'allow-direct-routing': true,
      'metrics-addr': metricsAddress,
    };
    wharf = await startWharf({ args: ['--config-file', configFile(defaults)] });
    await wharf.dockerOk(['load', '-q'], { input: dockerArchive(busyboxImage('base:1')) });
  });
  after(() => wharf[Symbol.asyncDispose]());

  test('gives containers its defaults, which a request overrides', async () => {
    const script =
      'ulimit -Sn; ulimit -Hn; df -k /dev/shm | tail -1; grep NoNewPrivs /proc/self/status; cat /etc/resolv.conf';
    const output = await wharf.dockerOk(['run', '--rm', 'base:1', 'sh', '-c', script]);
    assert.match(output, /^77\n99\nshm +4096 [\s\S]*NoNewPrivs:\t1\n[\s\S]*search harbour\.example/);
    const own = ['--ulimit', 'nofile=55', '--shm-size', '8m', '--security-opt', 'no-new-privileges=false'];
    const asked = await wharf.dockerOk(['run', '--rm', ...own, 'base:1', 'sh', '-c', script]);
    assert.match(asked, /^55\n55\nshm +8192 [\s\S]*NoNewPrivs:\t0\n/);
  });

  test('says what host-gateway stands for', async () => {
    const hosts = ['run', '--rm', '--add-host', 'quay:host-gateway', 'base:1', 'cat', '/etc/hosts'];
    assert.match(await wharf.dockerOk(hosts), /^192\.0\.2\.7\tquay$/m);
  });

  test('gives networks subnets of its pools', async () => {
    await wharf.dockerOk(['network', 'create', 'pier']);
    const subnet = await wharf.dockerOk([
      'network',
      'inspect',
      '-f',
      '{{(index .IPAM.Config 0).Subnet}}',
      'pier',
    ]);
    assert.match(subnet, /^10\.201\.\d+\.0\/24$/);
    const sizes = ['run', '--rm', '--network', 'pier', 'base:1', 'cat', '/sys/class/net/eth0/mtu'];
    assert.equal(await wharf.dockerOk(sizes), '1400');
    await wharf.dockerOk(['network', 'rm', 'pier']);
  });

  test('A11 turns modules off, and info says which', async () => {
    const { code, stderr } = await wharf.docker(['events', '--until', '1s']);
    assert.equal(code, 1);
    assert.match(stderr, /the module events is turned off in the configuration of this daemon/);
    assert.match((await wharf.docker(['info'])).stderr, /WARNING: Modules turned off: archive, events/);
    await wharf.dockerOk(['ps']);
  });

  test('A17 serves no version of the API that is older than it was told', async () => {
    assert.equal(await wharf.dockerOk(['version', '-f', '{{.Server.MinAPIVersion}}']), '1.40');
    const { stderr } = await wharf.docker(['ps'], { env: { DOCKER_API_VERSION: '1.39' } });
    assert.match(stderr, /client version 1\.39 is too old\. Minimum supported API version is 1\.40/);
  });

  test('names in the log what has no effect, and in info what is missed', async () => {
    assert.match(wharf.log(), /level=warn msg="settings without effect in Wharf: userland-proxy"/);
    assert.match(wharf.log(), /level=warn msg="settings that Wharf does not support: allow-direct-routing"/);
    assert.match(
      (await wharf.docker(['info'])).stderr,
      /WARNING: Settings not supported: allow-direct-routing/,
    );
  });

  test('gives Prometheus figures at an address of their own', async () => {
    await wharf.dockerOk(['run', '-d', '--name', 'buoy', 'base:1', 'sleep', '60']);
    const answer = await fetch(`http://${metricsAddress}/metrics`);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    assert.match(text, /^engine_daemon_container_states_containers\{state="running"\} 1$/m);
    assert.match(text, /^engine_daemon_engine_info\{.*graphdriver="(erofs|unpack)".*\} 1$/m);
    assert.match(text, /^engine_daemon_events_total [1-9]\d*$/m);
    assert.match(text, /^process_open_fds \d+$/m);
    assert.equal((await fetch(`http://${metricsAddress}/containers/json`)).status, 404);
    await wharf.dockerOk(['rm', '-f', 'buoy']);
  });

  test('SIGHUP takes over what can change, and info shows it', async () => {
    configFile({ labels: ['stage=two'], debug: true, 'registry-mirrors': ['https://m.example'] });
    process.kill(wharf.pid, 'SIGHUP');
    await eventually('Reloaded', () => wharf.log().includes('Reloaded configuration'));
    const shown = '{{.Labels}} {{.Debug}} {{.RegistryConfig.Mirrors}}';
    assert.equal(await wharf.dockerOk(['info', '-f', shown]), '[stage=two] true [https://m.example/]');
    assert.match(wharf.log(), /level=debug/);
  });

  test('SIGHUP with a file that makes no sense changes nothing', async () => {
    configFile('{"labels": ["stage=three"], "sails": 3}');
    process.kill(wharf.pid, 'SIGHUP');
    await eventually('refused', () => wharf.log().includes('configuration not reloaded'));
    assert.match(wharf.log(), /don't match any configuration option: sails/);
    assert.equal(await wharf.dockerOk(['info', '-f', '{{.Labels}}']), '[stage=two]');
  });
});

test('SIGHUP is told as an event with the settings', async () => {
  await using wharf = await startWharf({ args: ['--config-file', configFile({})] });
  const sinceSeconds = Math.floor(Date.now() / 1000);
  configFile({ labels: ['stage=two'] });
  process.kill(wharf.pid, 'SIGHUP');
  const events = () =>
    wharf.dockerOk([
      'events',
      '--since',
      String(sinceSeconds),
      '--until',
      String(Math.ceil(Date.now() / 1000)),
      '--filter',
      'type=daemon',
    ]);
  const line = await eventually('the event', async () => /daemon reload .*/.exec(await events())?.[0]);
  assert.match(
    line,
    /^daemon reload [0-9a-f-]{36} \(debug=false, default-ipc-mode=private, default-runtime=runc/,
  );
  assert.match(line, /labels=\["stage=two"\].* max-concurrent-downloads=3.* name=.* shutdown-timeout=15\)$/);
});

describe('TLS', () => {
  let authority: Authority;
  let client: CertifiedKey;
  let wharf: TestWharf;
  let address: string;
  before(async () => {
    authority = createAuthority(folder, 'authority');
    const server = authority.issue('server');
    client = authority.issue('client');
    address = `tcp://127.0.0.1:${await freePort()}`;
    const files = [
      '--tlscacert',
      authority.certificate,
      '--tlscert',
      server.certificate,
      '--tlskey',
      server.key,
    ];
    wharf = await startWharf({ args: ['-H', address, '--tlsverify', ...files] });
    await wharf.dockerOk(['load', '-q'], { input: dockerArchive(busyboxImage('base:1')) });
  });
  after(() => wharf[Symbol.asyncDispose]());

  const as = (key: CertifiedKey): string[] => [
    ...['-H', address, '--tlsverify', '--tlscacert', authority.certificate],
    ...['--tlscert', key.certificate, '--tlskey', key.key],
  ];

  test('B16 the stock client speaks TLS, also over a hijacked connection with half-close', async () => {
    assert.equal(
      await wharf.dockerOk([...as(client), 'run', '--rm', '-i', 'base:1', 'cat'], { input: 'ahoy' }),
      'ahoy',
    );
    const bytes = Buffer.alloc(3_000_000, 'sail ');
    const sum = ['run', '--rm', '-i', 'base:1', 'wc', '-c'];
    assert.equal(await wharf.dockerOk([...as(client), ...sum], { input: bytes }), String(bytes.length));
    await wharf.dockerOk([...as(client), 'ps']);
  });

  test('B16 who has no certificate, one of another authority, or no TLS, is not served', async () => {
    const stranger = createAuthority(folder, 'pirate').issue('stranger');
    const { stderr } = await wharf.docker([...as(stranger), 'ps']);
    assert.match(stderr, /tls: (unknown certificate authority|bad certificate)|certificate/);
    for (const flags of [['--tls', '--tlscacert', authority.certificate], []]) {
      const { code } = await wharf.docker(['-H', address, ...flags, 'ps']);
      assert.equal(code, 1);
    }
    assert.equal((await wharf.docker(['info'])).stderr, '');
  });
});

test('A05 B16 TCP without TLS is served with a warning', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  await using wharf = await startWharf({ args: ['-H', `tcp://${address}`] });
  const { stdout, stderr } = await wharf.docker(['-H', `tcp://${address}`, 'info']);
  assert.match(stdout, /Server Version:/);
  const warning = `API is accessible on http://${address} without encryption.`;
  assert.ok(stderr.includes(warning) && wharf.log().includes(warning));
});

test('A18 B20 the group of the socket may use it, others may not', async () => {
  await using wharf = await startWharf({ args: ['--group', 'games'] });
  await wharf.dockerOk(['ps']);
  const { mode, gid } = statSync(wharf.socketPath);
  assert.equal(mode & 0o777, 0o660);
  const as = (group: string) =>
    runProgram('setpriv', [
      ...['--reuid', 'nobody', '--regid', group, '--clear-groups', '--'],
      ...['curl', '-s', '--unix-socket', wharf.socketPath, 'http://d/_ping'],
    ]);
  // The folder of the test is root's own; a socket in /run would be found by everybody.
  await runProgram('chmod', ['755', wharf.folder]);
  assert.equal((await as(String(gid))).stdout, 'OK');
  assert.notEqual((await as('nogroup')).code, 0);
  await assert.rejects(
    startWharf({ args: ['--group', 'nobodys'] }),
    /unix socket .*: group nobodys not found/,
  );
});

test('the log of the daemon can be JSON', async () => {
  await using wharf = await startWharf({ args: ['--log-format', 'json'] });
  const lines = wharf.log().trim().split('\n');
  const { level, msg, time } = JSON.parse(lines.find((line) => line.includes('API listen on')) ?? '');
  assert.deepEqual([level, msg], ['info', `API listen on ${wharf.socketPath}`]);
  assert.ok(!Number.isNaN(Date.parse(time)));
});
