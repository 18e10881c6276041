import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadSettings } from './load.ts';
import type { Options } from './options.ts';
import { decodeFile } from './read-file.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'wt-config-'));
});
after(() => rmSync(folder, { recursive: true }));

const file = (text: string): string => {
  const path = join(folder, 'daemon.json');
  writeFileSync(path, text);
  return path;
};
const load = (text: string, flags: Options = {}) => loadSettings({ ...flags, configFile: file(text) });
const refuses = (text: string, message: string | RegExp, flags: Options = {}) => {
  const prefix = /unable to configure the Docker daemon with file .*daemon\.json: /;
  assert.throws(
    () => load(text, flags),
    (error: Error) => {
      const reason = error.message.replace(prefix, '');
      assert.notEqual(reason, error.message);
      if (typeof message === 'string') assert.equal(reason, message);
      else assert.match(reason, message);
      return true;
    },
  );
};
const merging = 'merged configuration validation from file and command line flags failed: ';

test('loadSettings() adds what the file says to what the flags say', () => {
  const settings = load('{"debug": true, "hosts": ["unix:///a"], "log-opts": null}', { bip: '10.0.0.1/24' });
  assert.equal(settings.debug, true);
  assert.deepEqual(settings.hosts, [{ kind: 'unix', path: '/a', group: undefined }]);
  assert.equal(settings.network.bip, '10.0.0.1/24');
  assert.equal(load(' ').logLevel, 'info');
});

test('loadSettings() reads where metrics are told', () => {
  const address = (text: string) => load(JSON.stringify({ 'metrics-addr': text })).metricsAddress;
  assert.deepEqual(address('127.0.0.1:9323'), { host: '127.0.0.1', port: 9323 });
  assert.deepEqual(address('[::1]:1'), { host: '::1', port: 1 });
  assert.deepEqual(address(':9323'), { host: '0.0.0.0', port: 9323 });
  assert.equal(address(''), undefined);
});

test("B10 loadSettings() refuses a file that is none, in Docker's words", () => {
  refuses('{"debug": tru', /^invalid JSON: /);
  refuses('{"debug": true} {}', /^invalid JSON: /);
  refuses('[]', /^invalid JSON: /);
  refuses(
    '{"debug": "yes"}',
    'invalid JSON: json: cannot unmarshal string into Go struct field Config.debug of type bool',
  );
  refuses(
    '{"hosts": "unix:///a"}',
    /cannot unmarshal string into Go struct field Config.hosts of type \[\]string$/,
  );
  refuses(
    '{"log-opts": {"a": 1}}',
    /cannot unmarshal number into Go struct field Config.log-opts of type string$/,
  );
  assert.throws(
    () => loadSettings({ configFile: '/nowhere.json' }),
    /with file \/nowhere.json: open \/nowhere.json: no such file or directory/,
  );
});

test('B10 loadSettings() refuses keys that it does not know', () => {
  const unknown = "the following directives don't match any configuration option: ";
  refuses('{"sails": 3, "debug": 1, "mast": 1}', `${unknown}sails, mast`);
  refuses('{"config-file": "x"}', `${unknown}config-file`);
  refuses('{"graph": "/x"}', `${unknown}graph`);
});

test('B10 loadSettings() refuses what flag and file both set', () => {
  const both = 'the following directives are specified both as a flag and in the configuration file: ';
  refuses('{"debug": false}', `${both}debug: (from flag: true, from file: false)`, { debug: true });
  const flags = { hosts: ['unix:///y'], labels: ['c=d'], logOptions: { x: 'y' } };
  refuses(
    '{"log-opts": {"a": "b"}, "labels": ["a=b"], "hosts": ["unix:///x"]}',
    `${both}hosts: (from flag: [unix:///y], from file: [unix:///x]), labels: (from flag: [c=d], from file: [a=b]), log-opts: (from flag: map[x:y], from file: map[a:b])`,
    flags,
  );
});

test('B10 loadSettings() refuses values that make no sense', () => {
  const bad: readonly (readonly [text: string, reason: string])[] = [
    ['{"labels": ["a"]}', 'bad attribute format: a'],
    ['{"labels": ["a=1", "a=2"]}', 'conflict labels for a=2 and a=1'],
    ['{"log-level": "loud"}', 'invalid logging level: loud'],
    ['{"log-format": "x"}', 'invalid log format: x'],
    ['{"metrics-addr": "9323"}', 'invalid metrics address (9323): want host:port'],
    ['{"mtu": -3}', 'invalid default MTU: -3'],
    ['{"max-concurrent-downloads": -1}', 'invalid max concurrent downloads: -1'],
    ['{"max-download-attempts": -1}', 'invalid max download attempts: -1'],
    ['{"dns": ["1.2.3"]}', 'invalid IP address: 1.2.3'],
    ['{"dns-search": ["b..c"]}', 'b..c is not a valid domain'],
    ['{"hosts": ["ftp://x"]}', "invalid bind address (ftp://x): unsupported proto 'ftp'"],
    ['{"hosts": ["tcp://x:99999"]}', 'invalid bind address (tcp://x:99999): want tcp://host:port'],
    [
      '{"host-gateway-ips": ["1.1.1.1", "2.2.2.2"]}',
      'only one IPv4 host gateway IP address can be specified',
    ],
    [
      '{"host-gateway-ip": "1.1.1.1", "host-gateway-ips": []}',
      'host-gateway-ip and host-gateway-ips must not both be specified in the config file',
    ],
    ['{"default-shm-size": "x"}', "invalid size: 'x'"],
    ['{"default-ipc-mode": "x"}', 'default IPC mode setting (x) is invalid; use "shareable" or "private"'],
    [
      '{"default-ipc-mode": "host"}',
      'IPC mode "host" is not supported as default value; use "shareable" or "private"',
    ],
    ['{"default-cgroupns-mode": "x"}', 'invalid default cgroup namespace (x): use "host" or "private"'],
    ['{"default-ulimits": {"sails": {"Name": "sails", "Soft": 1, "Hard": 1}}}', 'invalid ulimit type: sails'],
    ['{"log-driver": "sails"}', "logger: no log driver named 'sails' is registered"],
    [
      '{"log-opts": {"sails": "3"}}',
      "failed to set log opts: unknown log opt 'sails' for json-file log driver",
    ],
    ['{"exec-opts": ["nativ"]}', "invalid exec-opt (nativ): must be formatted 'opt=value'"],
    ['{"default-runtime": "lxc"}', 'specified default runtime "lxc" does not exist'],
    ['{"storage-driver": "btrfs"}', 'driver not supported: btrfs'],
    ['{"data-root": "rel"}', 'the data-root must be an absolute path: rel'],
    [
      '{"registry-mirrors": ["ftp://m"]}',
      `invalid mirror: unsupported scheme "ftp" in "ftp://m": must use either 'https://' or 'http://'`,
    ],
    [
      '{"disabled-modules": ["sails"]}',
      'unknown module: sails: use one of archive, builder, containers, events, exec, images, networks, volumes',
    ],
  ];
  for (const [text, reason] of bad) refuses(text, merging + reason);
  assert.throws(() => loadSettings({ logLevel: 'loud' }), { message: 'invalid logging level: loud' });
});

test('loadSettings() refuses what would be unsafe to leave out', () => {
  for (const [text, what] of [
    ['{"userns-remap": "default"}', 'userns-remap is'],
    ['{"authorization-plugins": ["x"]}', 'authorization plugins are'],
    ['{"iptables": false}', 'iptables=false is'],
    ['{"ip-forward": false}', 'ip-forward=false is'],
    ['{"selinux-enabled": true}', 'selinux-enabled is'],
  ] as const)
    refuses(text, `${merging}${what} not supported by Wharf`);
  assert.deepEqual(load('{"userns-remap": "", "iptables": true}').inertKeys, { unneeded: [], missing: [] });
});

test("decodeFile() takes Docker's other keys, and loadSettings() names them", () => {
  const text =
    '{"userland-proxy": false, "builder": {"gc": {"enabled": true}}, "storage-driver": "overlay2"}';
  assert.deepEqual(load(text).inertKeys, { unneeded: ['builder', 'userland-proxy'], missing: [] });
  const missed =
    '{"cpu-rt-period": 5, "allow-direct-routing": true, "nri-opts": {}, "runtimes": {"a": {"path": "b"}}}';
  assert.deepEqual(load(missed).inertKeys.missing, ['allow-direct-routing', 'cpu-rt-period', 'runtimes']);
  assert.deepEqual(load('{"allow-direct-routing": false, "runtimes": {}}').inertKeys.missing, []);
  assert.equal(load(text).storageDriver, undefined);
  assert.deepEqual(decodeFile('{"features": {"cdi": true}}'), { features: { cdi: true } });
});
